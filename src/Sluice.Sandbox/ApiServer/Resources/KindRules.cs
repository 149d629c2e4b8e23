using System.Text.Json.Nodes;
using Sluice.Sandbox.ApiServer.Schema;

namespace Sluice.Sandbox.ApiServer.Resources;

/// <summary>Which names a kind accepts.</summary>
internal enum NameRule
{
    Subdomain,
    Label,
    ServiceLabel,
    PathSegment,
}

/// <summary>What an object's rules may ask of its surroundings.</summary>
internal sealed record RuleContext(DateTimeOffset Now, IdSource Ids);

/// <summary>
/// What is particular to a kind: the defaults, the checks, and the parts that writers may not touch. The base class is a kind
/// without any. Every method works in place on an object that nobody else holds.
/// </summary>
internal class KindRules
{
    public static KindRules None { get; } = new();

    public virtual NameRule NameRule => NameRule.Subdomain;

    /// <summary>A PUT to a name that does not exist creates it.</summary>
    public virtual bool AllowsCreateOnUpdate => false;

    /// <summary>A PUT without resourceVersion overwrites whatever is there.</summary>
    public virtual bool AllowsUnconditionalUpdate => true;

    /// <summary>A DELETE answers with the object rather than with a Status.</summary>
    public virtual bool ReturnsDeletedObject => false;

    /// <summary>The kind has a generation that counts the changes of its spec.</summary>
    public virtual bool TracksGeneration => false;

    /// <summary>What Kubernetes' decoder of the kind could not read, in its words; null where everything can be read.</summary>
    public virtual string? Undecodable(JsonObject value) => null;

    public virtual void ApplyDefaults(JsonObject value)
    {
    }

    public virtual void PrepareForCreate(JsonObject value, RuleContext context)
    {
    }

    public virtual void PrepareForUpdate(JsonObject value, JsonObject old)
    {
    }

    /// <summary>Adds what the kind always shows but nobody owns, such as times that are null.</summary>
    public virtual void Complete(JsonObject value)
    {
    }

    public virtual void Validate(JsonObject value, JsonObject? old, List<FieldError> errors)
    {
    }

    /// <summary>Seconds that a deletion leaves the object; 0 removes it at once.</summary>
    public virtual long GracePeriodSeconds(JsonObject value, long? requested) => 0;

    /// <summary>Whether the kind keeps an object that is being deleted for a reason besides finalizers and grace.</summary>
    public virtual bool HoldsDeletion(JsonObject value) => false;

    /// <summary>What is worth a warning in an object that is about to be stored.</summary>
    public virtual IEnumerable<string> Warnings(JsonObject value) => [];

    /// <summary>Shows in the object itself that its deletion has begun.</summary>
    public virtual void MarkDeleting(JsonObject value)
    {
    }
}
