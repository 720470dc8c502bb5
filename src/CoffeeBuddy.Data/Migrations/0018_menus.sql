-- What admins have written for a workspace or a channel. Without it the configured menu applies.
CREATE TABLE menus (
    -- The id of a workspace, or of a channel: the workspaces that share a channel share its menu, as they share its run.
    place_id   VARCHAR(64) PRIMARY KEY,
    -- Null: no menu of its own.
    menu       JSONB,
    -- With the time at which it ends.
    sold_out   JSONB,
    -- Raised by each change. Rows are never deleted, so a version never comes back.
    version    INT         NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,

    CONSTRAINT menus_menu_is_an_object CHECK (jsonb_typeof(menu) = 'object'),
    CONSTRAINT menus_sold_out_is_an_object CHECK (jsonb_typeof(sold_out) = 'object')
);
