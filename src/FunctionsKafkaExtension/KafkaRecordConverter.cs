using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Azure.Functions.Worker.Core;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker.Extensions.Kafka;

/// <summary>Reads the records that Microsoft's host sends: one, or with <c>IsBatched</c> a collection.</summary>
[SupportsDeferredBinding]
[SupportedTargetType(typeof(KafkaRecord))]
[SupportedTargetType(typeof(KafkaRecord[]))]
internal sealed class KafkaRecordConverter : IInputConverter
{
    public const string BindingSource = "AzureKafkaRecord";
    public const string ContentType = "application/x-protobuf";

    public ValueTask<ConversionResult> ConvertAsync(ConverterContext context) => new(Convert(context.Source));

    private static ConversionResult Convert(object? source)
    {
        try
        {
            return source switch
            {
                ModelBindingData record => ConversionResult.Success(Read(record)),
                CollectionModelBindingData records => ConversionResult.Success(
                    Array.ConvertAll(records.ModelBindingData, Read)
                ),
                _ => ConversionResult.Unhandled(),
            };
        }
        catch (Exception exception) when (exception is InvalidOperationException or InvalidDataException)
        {
            return ConversionResult.Failed(exception);
        }
    }

    private static KafkaRecord Read(ModelBindingData data)
    {
        if (data.Source != BindingSource)
            throw new InvalidOperationException($"The binding source is \"{data.Source}\", not \"{BindingSource}\".");
        if (data.ContentType != ContentType)
            throw new InvalidOperationException($"The content type is \"{data.ContentType}\", not \"{ContentType}\".");
        return KafkaRecordMessage.Read(data.Content.ToMemory().Span);
    }
}
