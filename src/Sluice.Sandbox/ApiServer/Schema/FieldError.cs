namespace Sluice.Sandbox.ApiServer.Schema;

/// <summary>One cause of a Status: what is wrong with which field.</summary>
/// <param name="Reason">The cause's machine-readable reason, such as <c>FieldValueRequired</c>.</param>
/// <param name="Field">The field's path as Kubernetes prints it, such as <c>spec.parts[1].name</c>.</param>
/// <param name="Message">The cause's text, beginning with the reason in words, such as <c>Required value</c>.</param>
internal sealed record FieldError(string Reason, string Field, string Message)
{
    public const string RequiredReason = "FieldValueRequired";
    public const string InvalidReason = "FieldValueInvalid";
    public const string NotSupportedReason = "FieldValueNotSupported";
    public const string TypeInvalidReason = "FieldValueTypeInvalid";
    public const string DuplicateReason = "FieldValueDuplicate";
    public const string TooManyReason = "FieldValueTooMany";
    public const string TooLongReason = "FieldValueTooLong";
    public const string ForbiddenReason = "FieldValueForbidden";

    public static FieldError Required(string field, string detail = "") =>
        new(RequiredReason, field, WithDetail("Required value", detail));

    /// <summary>A value that breaks a rule.</summary>
    /// <param name="field">The field's path.</param>
    /// <param name="value">The value as Kubernetes prints it: strings quoted, objects as <c>"object"</c> or JSON.</param>
    /// <param name="detail">What is wrong with it.</param>
    public static FieldError Invalid(string field, string value, string detail) =>
        new(InvalidReason, field, WithDetail($"Invalid value: {value}", detail));

    public static FieldError TypeInvalid(string field, string value, string detail) =>
        new(TypeInvalidReason, field, WithDetail($"Invalid value: {value}", detail));

    public static FieldError NotSupported(string field, string value, IEnumerable<string> supported) =>
        new(NotSupportedReason, field, $"Unsupported value: {value}: supported values: {string.Join(", ", supported)}");

    public static FieldError Duplicate(string field, string value) =>
        new(DuplicateReason, field, $"Duplicate value: {value}");

    public static FieldError TooMany(string field, int actual, int max) =>
        new(TooManyReason, field, $"Too many: {actual}: must have at most {max} items");

    public static FieldError TooLong(string field, long maxBytes) =>
        new(TooLongReason, field, $"Too long: may not be more than {maxBytes} {(maxBytes == 1 ? "byte" : "bytes")}");

    public static FieldError Forbidden(string field, string detail) =>
        new(ForbiddenReason, field, WithDetail("Forbidden", detail));

    private static string WithDetail(string text, string detail) => detail.Length == 0 ? text : $"{text}: {detail}";
}
