using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Sluice.Operator.Metrics;
using Sluice.Operator.Metrics.Prometheus;
using Sluice.Operator.Metrics.Sources;

namespace Sluice.Operator.Tests.Metrics;

public sealed class PrometheusClientTests : IDisposable
{
    private static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_250);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("source-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_query_its_instant_and_the_headers_reach_the_source_under_its_path_prefix()
    {
        IFormCollection? form = null;
        var tenant = "";
        await using var source = await FakeSource.StartAsync(async context =>
        {
            form = await context.Request.ReadFormAsync();
            tenant = context.Request.Headers["X-Scope-OrgID"].ToString();
            await FakeSource.Number(4.5)(context);
        });
        var options = Given.Source(new Uri(source.Address, "/prometheus/")) with { Headers = new Dictionary<string, string> { ["X-Scope-OrgID"] = "shop" } };

        (await AskAsync(options)).ShouldBe(new QueryAnswer.Scalar(4.5));

        source.Paths.ShouldBe(["/prometheus/api/v1/query"]);
        form!["query"].ToString().ShouldBe("up");
        form["time"].ToString().ShouldBe("1700000000.250");
        tenant.ShouldBe("shop");
    }

    [Fact]
    public async Task A_range_is_asked_for_by_start_end_and_step()
    {
        IFormCollection? form = null;
        await using var source = await FakeSource.StartAsync(async context =>
        {
            form = await context.Request.ReadFormAsync();
            await FakeSource.Json("""{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"2"],[61,"NaN"]]}]}}""")(context);
        });
        using var client = Given.Client(Given.Source(source.Address));

        var answer = await client.QueryRangeAsync("up", At, At.AddMinutes(2), TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        answer.ShouldBeOfType<QueryAnswer.Matrix>().Series.ShouldHaveSingleItem().ShouldBe([new Point(1, 2), new Point(61, double.NaN)]);
        form!["start"].ToString().ShouldBe("1700000000.250");
        form["end"].ToString().ShouldBe("1700000120.250");
        form["step"].ToString().ShouldBe("60");
    }

    [Theory]
    [InlineData("<html>Sign in</html>", 200, typeof(NoDataReason.NotJson))]
    [InlineData("", 200, typeof(NoDataReason.NotJson))]
    [InlineData("null", 200, typeof(NoDataReason.NotJson))]
    [InlineData("[]", 200, typeof(NoDataReason.NotJson))]
    [InlineData("{}", 200, typeof(NoDataReason.NotJson))]
    [InlineData("""{"status":"success"}""", 200, typeof(NoDataReason.NotJson))]
    [InlineData("""{"status":"success","data":{"resultType":"vector","result":[]}}""", 200, typeof(NoDataReason.Empty))]
    [InlineData("""{"status":"success","data":{"resultType":"vector","result":[]}}""", 500, typeof(NoDataReason.HttpError))]
    [InlineData("""{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"NaN"]}]}}""", 200, typeof(NoDataReason.NotANumber))]
    [InlineData("""{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"+Inf"]}]}}""", 200, typeof(NoDataReason.Infinite))]
    [InlineData("""{"status":"success","data":{"resultType":"scalar","result":[1,"-Inf"]}}""", 200, typeof(NoDataReason.Infinite))]
    [InlineData("""{"status":"success","data":{"resultType":"scalar","result":[1,"1e999"]}}""", 200, typeof(NoDataReason.Infinite))]
    [InlineData("""{"status":"success","data":{"resultType":"scalar","result":[1,2]}}""", 200, typeof(NoDataReason.NotJson))]
    [InlineData("""{"status":"success","data":{"resultType":"scalar","result":[1,"two"]}}""", 200, typeof(NoDataReason.NotJson))]
    [InlineData("""{"status":"success","data":{"resultType":"scalar","result":[1,"\ud800"]}}""", 200, typeof(NoDataReason.NotJson))]
    [InlineData("""{"status":"success","data":{"resultType":"string","result":[1,"2"]}}""", 200, typeof(NoDataReason.QueryError))]
    [InlineData("""{"status":"success","data":{"resultType":"matrix","result":[]}}""", 200, typeof(NoDataReason.QueryError))]
    [InlineData("""{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"histogram":[1,{}]}]}}""", 200, typeof(NoDataReason.QueryError))]
    [InlineData("""{"status":"success","data":{"resultType":"vector","result":[{"metric":{"pod":"a"},"value":[1,"1"]},{"metric":{"pod":"b"},"value":[1,"1"]}]}}""", 200, typeof(NoDataReason.SeveralSeries))]
    [InlineData("""{"status":"error","errorType":"bad_data","error":"parse error"}""", 400, typeof(NoDataReason.QueryError))]
    [InlineData("""{"status":"error","errorType":"execution","error":"many-to-many"}""", 422, typeof(NoDataReason.QueryError))]
    [InlineData("""{"status":"error","errorType":"timeout","error":"query timed out"}""", 503, typeof(NoDataReason.Timeout))]
    [InlineData("""{"status":"error","errorType":"unavailable","error":"TSDB not ready"}""", 503, typeof(NoDataReason.HttpError))]
    [InlineData("Forbidden", 403, typeof(NoDataReason.HttpError))]
    [InlineData("Too many requests", 429, typeof(NoDataReason.HttpError))]
    public async Task What_is_no_number_says_why(string body, int status, Type reason)
    {
        await using var source = await FakeSource.StartAsync(FakeSource.Json(body, status));
        (await ReasonAsync(Given.Source(source.Address))).ShouldBeOfType(reason);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var elsewhere = await FakeSource.StartAsync(FakeSource.Number(1));
        await using var source = await FakeSource.StartAsync(context =>
        {
            context.Response.Redirect(elsewhere.Address.AbsoluteUri, permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        });

        (await ReasonAsync(Given.Source(source.Address))).ShouldBe(new NoDataReason.HttpError(307));
        elsewhere.Paths.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_huge_answer_is_not_read_to_its_end(bool announced)
    {
        await using var source = await FakeSource.StartAsync(async context =>
        {
            var chunk = new byte[64 * 1024];
            if (announced) context.Response.ContentLength = 40L * chunk.Length;
            for (var i = 0; i < 40; i++) await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
        });

        (await ReasonAsync(Given.Source(source.Address))).ShouldBe(new NoDataReason.TooLarge(1024 * 1024));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_source_that_does_not_answer_in_time_is_a_timeout(bool afterTheHeaders)
    {
        await using var source = await FakeSource.StartAsync(async context =>
        {
            if (afterTheHeaders) await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(TimeSpan.FromMinutes(5), TimeProvider.System, context.RequestAborted);
        });

        (await ReasonAsync(Given.Source(source.Address) with { Timeout = TimeSpan.FromMilliseconds(300) })).ShouldBe(new NoDataReason.Timeout());
    }

    [Fact]
    public async Task A_connection_that_breaks_or_is_refused_and_a_name_that_is_none_are_no_data()
    {
        var source = await FakeSource.StartAsync(context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        var options = Given.Source(source.Address);
        (await ReasonAsync(options)).ShouldBeOfType<NoDataReason.Refused>();
        await source.DisposeAsync();
        (await ReasonAsync(options)).ShouldBeOfType<NoDataReason.Refused>().Why.ShouldBe("the source cannot be reached");
        (await ReasonAsync(Given.Source(new Uri("http://prometheus.invalid:9090")))).ShouldBeOfType<NoDataReason.Refused>();
    }

    [Fact]
    public async Task A_cancelled_caller_gets_its_cancellation()
    {
        await using var source = await FakeSource.StartAsync(context => Task.Delay(TimeSpan.FromMinutes(5), TimeProvider.System, context.RequestAborted));
        using var client = Given.Client(Given.Source(source.Address));
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(100), TimeProvider.System);

        await Should.ThrowAsync<OperationCanceledException>(() => client.QueryAsync("up", At, cancellation.Token));
    }

    [Fact]
    public async Task A_rotated_token_is_read_again_after_a_401()
    {
        var file = Write("token", "old\n");
        var accepted = "Bearer old";
        await using var source = await FakeSource.StartAsync(context => context.Request.Headers.Authorization == accepted
            ? FakeSource.Number(1)(context)
            : FakeSource.Text("no", "text/plain", 401)(context));
        using var client = Given.Client(Given.Source(source.Address) with { BearerTokenFile = file });
        (await client.QueryAsync("up", At, TestContext.Current.CancellationToken)).ShouldBe(new QueryAnswer.Scalar(1));

        accepted = "Bearer new";
        (await client.QueryAsync("up", At, TestContext.Current.CancellationToken)).ShouldBe(new QueryAnswer.NoData(new NoDataReason.HttpError(401)));
        Write("token", "new\n");
        (await client.QueryAsync("up", At, TestContext.Current.CancellationToken)).ShouldBe(new QueryAnswer.Scalar(1));
    }

    [Fact]
    public async Task A_changed_token_is_in_use_within_a_minute()
    {
        var file = Write("token", "old");
        var seen = "";
        await using var source = await FakeSource.StartAsync(context =>
        {
            seen = context.Request.Headers.Authorization.ToString();
            return FakeSource.Number(1)(context);
        });
        var time = new ManualTime();
        using var client = Given.Client(Given.Source(source.Address) with { BearerTokenFile = file }, time);
        await client.QueryAsync("up", At, TestContext.Current.CancellationToken);
        seen.ShouldBe("Bearer old");

        Write("token", "new");
        time.Advance(TimeSpan.FromMinutes(1));
        await client.QueryAsync("up", At, TestContext.Current.CancellationToken);
        seen.ShouldBe("Bearer new");
    }

    [Fact]
    public async Task Basic_authentication_takes_its_password_from_a_file()
    {
        var seen = "";
        await using var source = await FakeSource.StartAsync(context =>
        {
            seen = context.Request.Headers.Authorization.ToString();
            return FakeSource.Number(1)(context);
        });
        var options = Given.Source(source.Address) with { BasicAuth = new BasicAuthOptions("sluice", Write("password", "pä:ss word\n")) };

        (await AskAsync(options)).ShouldBe(new QueryAnswer.Scalar(1));

        seen.ShouldBe("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("sluice:pä:ss word")));
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("line\nbreak: injected")]
    [InlineData("")]
    public async Task A_token_that_is_none_is_not_sent_nor_shown(string token)
    {
        await using var source = await FakeSource.StartAsync(FakeSource.Number(1));

        var reason = await ReasonAsync(Given.Source(source.Address) with { BearerTokenFile = Write("token", token) });

        reason.ShouldBe(new NoDataReason.Refused("bearerTokenFile of metric source default cannot be used"));
        source.Paths.ShouldBeEmpty();
    }

    [Fact]
    public async Task Files_that_are_not_there_are_named()
    {
        await using var source = await FakeSource.StartAsync(FakeSource.Number(1));
        var missing = Path.Combine(_folder.FullName, "missing");

        (await ReasonAsync(Given.Source(source.Address) with { BearerTokenFile = missing })).ToString().ShouldContain("bearerTokenFile");
        (await ReasonAsync(Given.Source(source.Address) with { BasicAuth = new BasicAuthOptions("a", missing) })).ToString().ShouldContain("passwordFile");
        (await ReasonAsync(Given.Source(source.Address) with { CaFile = missing })).ToString().ShouldContain("caFile");
        (await ReasonAsync(Given.Source(source.Address) with { CaFile = Write("ca", "no certificate") })).ToString().ShouldContain("caFile");
    }

    [Fact]
    public async Task The_CA_file_alone_is_trusted_and_names_are_verified()
    {
        using var ours = new TestCertificates();
        using var others = new TestCertificates();
        using var certificate = ours.Issue();
        using var forAnotherName = ours.Issue("prometheus.example");
        await using var source = await FakeSource.StartAsync(FakeSource.Number(1), certificate);
        await using var wrongName = await FakeSource.StartAsync(FakeSource.Number(1), forAnotherName);
        var ca = Write("ca.pem", ours.AuthorityPem);

        (await AskAsync(Given.Source(source.Address) with { CaFile = ca })).ShouldBe(new QueryAnswer.Scalar(1));
        (await ReasonAsync(Given.Source(source.Address))).ToString().ShouldStartWith("TLS failed");
        (await ReasonAsync(Given.Source(wrongName.Address) with { CaFile = ca })).ToString().ShouldStartWith("TLS failed");
        (await ReasonAsync(Given.Source(source.Address) with { CaFile = Write("other.pem", others.AuthorityPem) })).ToString().ShouldStartWith("TLS failed");
    }

    [Fact]
    public async Task A_changed_CA_file_is_in_use_within_a_minute()
    {
        using var ours = new TestCertificates();
        using var others = new TestCertificates();
        using var certificate = ours.Issue();
        await using var source = await FakeSource.StartAsync(FakeSource.Number(1), certificate);
        var time = new ManualTime();
        using var client = Given.Client(Given.Source(source.Address) with { CaFile = Write("ca.pem", others.AuthorityPem) }, time);
        (await client.QueryAsync("up", At, TestContext.Current.CancellationToken)).ShouldBeOfType<QueryAnswer.NoData>();

        Write("ca.pem", ours.AuthorityPem);
        time.Advance(TimeSpan.FromMinutes(1));
        (await client.QueryAsync("up", At, TestContext.Current.CancellationToken)).ShouldBe(new QueryAnswer.Scalar(1));
    }

    [Fact]
    public async Task A_long_error_of_the_source_is_shortened_to_one_line()
    {
        var error = string.Create(CultureInfo.InvariantCulture, $"first line\\n{new string('x', 5000)}");
        await using var source = await FakeSource.StartAsync(FakeSource.Json($$"""{"status":"error","errorType":"bad_data","error":"{{error}}"}""", 400));

        var text = (await ReasonAsync(Given.Source(source.Address))).ToString();

        text.Length.ShouldBeLessThan(250);
        text.ShouldNotContain("\n");
    }

    private string Write(string name, string content)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, content);
        return path;
    }

    private static async Task<QueryAnswer> AskAsync(MetricSourceOptions options)
    {
        using var client = Given.Client(options);
        return (await client.QueryAsync("up", At, TestContext.Current.CancellationToken)).AsNumber();
    }

    private static async Task<NoDataReason> ReasonAsync(MetricSourceOptions options) =>
        (await AskAsync(options)).ShouldBeOfType<QueryAnswer.NoData>().Reason;
}
