using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace CoffeeBuddy.Upgrade.Support;

/// <summary>The names of a worker's functions, read from its assembly without loading it.</summary>
internal static class FunctionNames
{
    private const string Attribute = "FunctionAttribute";

    public static IReadOnlySet<string> Of(string dll)
    {
        using var file = new PEReader(File.OpenRead(dll));
        var reader = file.GetMetadataReader();
        var names = reader
            .CustomAttributes.Select(reader.GetCustomAttribute)
            .Where(attribute => IsFunction(reader, attribute.Constructor))
            .Select(attribute => FirstArgument(reader.GetBlobReader(attribute.Value)))
            .ToHashSet(StringComparer.Ordinal);
        return names.Count > 0 ? names : throw new InvalidOperationException($"There is no function in {dll}.");
    }

    private static bool IsFunction(MetadataReader reader, EntityHandle constructor) =>
        constructor.Kind == HandleKind.MemberReference
        && reader.GetMemberReference((MemberReferenceHandle)constructor).Parent
            is { Kind: HandleKind.TypeReference } type
        && reader.StringComparer.Equals(reader.GetTypeReference((TypeReferenceHandle)type).Name, Attribute);

    /// <summary>Before it are two bytes, the version of the format (ECMA-335, II.23.3).</summary>
    private static string FirstArgument(BlobReader value)
    {
        value.ReadUInt16();
        return value.ReadSerializedString()!;
    }
}
