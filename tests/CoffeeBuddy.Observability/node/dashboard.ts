// What the dashboard may contain: Grafana's types, with options and custom fields of each kind of panel, as JSON.
import type {
    AnnotationQuery,
    Dashboard,
    FieldConfigSource,
    Panel,
    RowPanel,
    VariableModel,
} from '@grafana/schema';
import type { Options as StatOptions } from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type {
    FieldConfig as TimeSeriesFields,
    Options as TimeSeriesOptions,
} from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';

// An enum is its value in JSON.
type Json<T> = T extends string
    ? `${T}`
    : T extends (infer Item)[]
      ? Json<Item>[]
      : T extends object
        ? { [Key in keyof T]: Json<T[Key]> }
        : T;

// The data source brings its own type, which @grafana/schema does not have.
interface PrometheusQuery {
    refId: string;
    expr: string;
    legendFormat: string;
    datasource: { type: 'prometheus'; uid: '${datasource}' };
}

// Every panel shows something, at a place. Grafana's own FieldConfigSource allows any key in `custom`.
type Shown<Type extends string, Options, Fields> = Omit<Panel, 'type' | 'options' | 'fieldConfig' | 'targets'> &
    Required<Pick<Panel, 'id' | 'title' | 'gridPos' | 'datasource'>> & {
        type: Type;
        options: Options;
        targets: PrometheusQuery[];
        fieldConfig: Omit<FieldConfigSource, 'defaults'> & {
            defaults: Omit<FieldConfigSource['defaults'], 'custom'> & { custom?: Fields };
        };
    };

type TimeSeries = Shown<'timeseries', TimeSeriesOptions, TimeSeriesFields>;
type Stat = Shown<'stat', StatOptions, Record<string, never>>;

export type CoffeeBuddyDashboard = Json<
    Omit<Dashboard, 'panels' | 'annotations' | 'templating'> &
        Required<Pick<Dashboard, 'uid' | 'title'>> & {
            panels: (TimeSeries | Stat | RowPanel)[];
            annotations: { list: (AnnotationQuery & { expr: string; titleFormat: string; textFormat: string })[] };
            templating: { list: VariableModel[] };
        }
>;
