namespace Sluice.Sandbox.ApiServer.Schema.Cel;

/// <summary>One form in which a function may be called; of a method the first parameter stands before the dot.</summary>
internal sealed record CelSignature(string Name, bool IsMethod, IReadOnlyList<CelType> Parameters, CelType Result);

/// <summary>
/// The functions that rules may call: CEL's standard library, its string extensions, optionals and sets, and of Kubernetes' own
/// libraries lists, regular expressions and quantities. A call of anything else does not compile.
/// </summary>
internal static class CelSignatures
{
    // Single capital letters are type parameters.
    private const string Table = """
        _?_:_(bool, A, A) -> A
        !_(bool) -> bool
        -_(int) -> int
        -_(double) -> double
        _==_(A, A) -> bool
        _!=_(A, A) -> bool
        @in(A, list(A)) -> bool
        @in(A, map(A, B)) -> bool
        _[_](list(A), int) -> A
        _[_](map(A, B), A) -> B
        _[_](optional(list(A)), int) -> optional(A)
        _[_](optional(map(A, B)), A) -> optional(B)
        _[?_](list(A), int) -> optional(A)
        _[?_](map(A, B), A) -> optional(B)
        _[?_](optional(list(A)), int) -> optional(A)
        _[?_](optional(map(A, B)), A) -> optional(B)
        _+_(int, int) -> int
        _+_(uint, uint) -> uint
        _+_(double, double) -> double
        _+_(string, string) -> string
        _+_(bytes, bytes) -> bytes
        _+_(list(A), list(A)) -> list(A)
        _+_(duration, duration) -> duration
        _+_(timestamp, duration) -> timestamp
        _+_(duration, timestamp) -> timestamp
        _-_(int, int) -> int
        _-_(uint, uint) -> uint
        _-_(double, double) -> double
        _-_(timestamp, timestamp) -> duration
        _-_(timestamp, duration) -> timestamp
        _-_(duration, duration) -> duration
        _*_(int, int) -> int
        _*_(uint, uint) -> uint
        _*_(double, double) -> double
        _/_(int, int) -> int
        _/_(uint, uint) -> uint
        _/_(double, double) -> double
        _%_(int, int) -> int
        _%_(uint, uint) -> uint
        size(string) -> int
        size(bytes) -> int
        size(list(A)) -> int
        size(map(A, B)) -> int
        string.size() -> int
        bytes.size() -> int
        list(A).size() -> int
        map(A, B).size() -> int
        dyn(A) -> dyn
        type(A) -> type
        int(int) -> int
        int(uint) -> int
        int(double) -> int
        int(string) -> int
        int(timestamp) -> int
        int(duration) -> int
        uint(uint) -> uint
        uint(int) -> uint
        uint(double) -> uint
        uint(string) -> uint
        double(double) -> double
        double(int) -> double
        double(uint) -> double
        double(string) -> double
        string(string) -> string
        string(bool) -> string
        string(int) -> string
        string(uint) -> string
        string(double) -> string
        string(bytes) -> string
        string(timestamp) -> string
        string(duration) -> string
        bytes(bytes) -> bytes
        bytes(string) -> bytes
        bool(bool) -> bool
        bool(string) -> bool
        duration(duration) -> duration
        duration(string) -> duration
        duration(int) -> duration
        timestamp(timestamp) -> timestamp
        timestamp(string) -> timestamp
        timestamp(int) -> timestamp
        string.contains(string) -> bool
        string.startsWith(string) -> bool
        string.endsWith(string) -> bool
        string.matches(string) -> bool
        matches(string, string) -> bool
        string.charAt(int) -> string
        string.indexOf(string) -> int
        string.indexOf(string, int) -> int
        string.lastIndexOf(string) -> int
        string.lastIndexOf(string, int) -> int
        string.lowerAscii() -> string
        string.upperAscii() -> string
        string.replace(string, string) -> string
        string.replace(string, string, int) -> string
        string.split(string) -> list(string)
        string.split(string, int) -> list(string)
        string.substring(int) -> string
        string.substring(int, int) -> string
        string.trim() -> string
        string.format(list(dyn)) -> string
        list(string).join() -> string
        list(string).join(string) -> string
        string.find(string) -> string
        string.findAll(string) -> list(string)
        string.findAll(string, int) -> list(string)
        list(int).sum() -> int
        list(uint).sum() -> uint
        list(double).sum() -> double
        list(duration).sum() -> duration
        list(A).indexOf(A) -> int
        list(A).reverse() -> list(A)
        list(A).lastIndexOf(A) -> int
        sets.contains(list(A), list(A)) -> bool
        sets.equivalent(list(A), list(A)) -> bool
        sets.intersects(list(A), list(A)) -> bool
        optional.of(A) -> optional(A)
        optional.ofNonZeroValue(A) -> optional(A)
        optional.none() -> optional(A)
        optional(A).hasValue() -> bool
        optional(A).value() -> A
        optional(A).or(optional(A)) -> optional(A)
        optional(A).orValue(A) -> A
        quantity(string) -> quantity
        isQuantity(string) -> bool
        quantity.isInteger() -> bool
        quantity.asInteger() -> int
        quantity.asApproximateFloat() -> double
        quantity.add(quantity) -> quantity
        quantity.add(int) -> quantity
        quantity.sub(quantity) -> quantity
        quantity.sub(int) -> quantity
        quantity.isLessThan(quantity) -> bool
        quantity.isGreaterThan(quantity) -> bool
        quantity.compareTo(quantity) -> int
        """;

    private static readonly string[] Numbers = ["int", "uint", "double"];
    private static readonly string[] Ordered = ["int", "uint", "double", "bool", "string", "bytes", "duration", "timestamp"];

    private static readonly string[] TimeParts =
        ["getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear", "getHours", "getMinutes", "getSeconds", "getMilliseconds"];

    private static readonly Lazy<ILookup<string, CelSignature>> All = new(() => Lines().Select(Parse).ToLookup(signature => signature.Name));

    public static IReadOnlyList<CelSignature> Find(string name) => [.. All.Value[name]];

    private static IEnumerable<string> Lines()
    {
        foreach (var line in Table.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            yield return line.Trim();
        foreach (var name in (string[])["_<_", "_<=_", "_>_", "_>=_"])
        {
            // Numbers compare across their types; everything else only with its own.
            foreach (var (left, right) in Numbers.SelectMany(left => Numbers.Select(right => (left, right))))
                yield return $"{name}({left}, {right}) -> bool";
            foreach (var type in Ordered.Except(Numbers))
                yield return $"{name}({type}, {type}) -> bool";
        }

        foreach (var type in Ordered)
        {
            yield return $"list({type}).min() -> {type}";
            yield return $"list({type}).max() -> {type}";
            yield return $"list({type}).isSorted() -> bool";
        }

        foreach (var part in TimeParts)
        {
            yield return $"timestamp.{part}() -> int";
            yield return $"timestamp.{part}(string) -> int";
        }

        foreach (var part in TimeParts[^4..])
            yield return $"duration.{part}() -> int";
    }

    private static CelSignature Parse(string line)
    {
        var arrow = line.LastIndexOf(" -> ", StringComparison.Ordinal);
        var open = OpeningOfArguments(line, arrow);
        var head = line[..open];
        var parameters = SplitTopLevel(line[(open + 1)..(arrow - 1)]).Select(ParseType).ToList();
        // "sets." and "optional." are namespaces; any other dot stands behind a receiver.
        var dot = head.LastIndexOf('.');
        var isMethod = dot > 0 && head[..dot] is not ("sets" or "optional");
        return isMethod
            ? new CelSignature(head[(dot + 1)..], IsMethod: true, [ParseType(head[..dot]), .. parameters], ParseType(line[(arrow + 4)..]))
            : new CelSignature(head, IsMethod: false, parameters, ParseType(line[(arrow + 4)..]));
    }

    private static int OpeningOfArguments(string line, int arrow)
    {
        var depth = 0;
        for (var index = arrow - 1; index >= 0; index--)
        {
            depth += line[index] switch { ')' => 1, '(' => -1, _ => 0 };
            if (depth == 0)
                return index;
        }

        throw new InvalidOperationException($"The signature {line} has no parameter list.");
    }

    private static IEnumerable<string> SplitTopLevel(string text)
    {
        var depth = 0;
        var start = 0;
        for (var index = 0; index < text.Length; index++)
        {
            depth += text[index] switch { '(' => 1, ')' => -1, _ => 0 };
            if (text[index] != ',' || depth > 0)
                continue;
            yield return text[start..index].Trim();
            start = index + 1;
        }

        if (text.Length > 0)
            yield return text[start..].Trim();
    }

    private static CelType ParseType(string text)
    {
        var open = text.IndexOf('(', StringComparison.Ordinal);
        if (open > 0)
        {
            var parts = SplitTopLevel(text[(open + 1)..^1]).Select(ParseType).ToList();
            return text[..open] switch
            {
                "list" => new CelType.List(parts[0]),
                "map" => new CelType.Map(parts[0], parts[1]),
                _ => new CelType.Optional(parts[0]),
            };
        }

        return text switch
        {
            "quantity" => CelType.Quantity,
            { Length: 1 } => new CelType.Parameter(text),
            _ => new CelType.Simple(text),
        };
    }
}
