namespace Sluice.Sandbox.ApiServer.Schema.Cel;

/// <summary>The types that expressions are checked with.</summary>
internal abstract record CelType
{
    public static readonly CelType Dyn = new Simple("dyn");
    public static readonly CelType Null = new Simple("null");
    public static readonly CelType Bool = new Simple("bool");
    public static readonly CelType Int = new Simple("int");
    public static readonly CelType UInt = new Simple("uint");
    public static readonly CelType Double = new Simple("double");
    public static readonly CelType String = new Simple("string");
    public static readonly CelType Bytes = new Simple("bytes");
    public static readonly CelType Timestamp = new Simple("timestamp");
    public static readonly CelType Duration = new Simple("duration");
    public static readonly CelType Quantity = new Simple("kubernetes.Quantity");
    public static readonly CelType TypeOfType = new Simple("type");

    private CelType()
    {
    }

    public sealed record Simple(string Name) : CelType
    {
        public override string ToString() => Name;
    }

    public sealed record List(CelType Element) : CelType
    {
        public override string ToString() => $"list({Element})";
    }

    public sealed record Map(CelType Key, CelType Value) : CelType
    {
        public override string ToString() => $"map({Key}, {Value})";
    }

    public sealed record Optional(CelType Value) : CelType
    {
        public override string ToString() => $"optional_type({Value})";
    }

    /// <summary>A type parameter of a signature.</summary>
    public sealed record Parameter(string Name) : CelType
    {
        public override string ToString() => Name;
    }

    /// <summary>An object of a schema. Two are the same type when they come from the same place of the same schema.</summary>
    public sealed record Object(string Name, StructuralSchema Schema, bool IsResource) : CelType
    {
        public bool Equals(Object? other) => other is not null && ReferenceEquals(Schema, other.Schema);

        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(Schema);

        public override string ToString() => Name;
    }
}
