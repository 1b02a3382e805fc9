using Emulator.Core.Documents;
using Emulator.Engine.Manifests;

namespace Emulator.Cluster.Tests.Manifests;

public sealed class ManifestReaderTests
{
    private const string Header = "apiVersion: v1\nkind: ConfigMap\n";

    [Theory]
    // From resolve.go of sigs.k8s.io/yaml, which kubectl reads manifests with.
    [InlineData("yes", "true")]
    [InlineData("NO", "false")]
    [InlineData("off", "false")]
    [InlineData("y", "true")]
    [InlineData("\"yes\"", "\"yes\"")]
    [InlineData("'1'", "\"1\"")]
    [InlineData("~", "null")]
    [InlineData("Null", "null")]
    [InlineData("0644", "420")]
    [InlineData("0o17", "15")]
    [InlineData("0x1F", "31")]
    [InlineData("0b101", "5")]
    [InlineData("-0b11", "-3")]
    [InlineData("08", "8")]
    [InlineData("1_000", "1000")]
    [InlineData("+5", "5")]
    [InlineData("18446744073709551616", "18446744073709551616")]
    [InlineData("0.50", "0.5")]
    [InlineData(".5", "0.5")]
    [InlineData("1e3", "1000")]
    [InlineData("22:22", "\"22:22\"")]
    [InlineData("2001-12-14", "\"2001-12-14\"")]
    [InlineData("500m", "\"500m\"")]
    [InlineData("1.2.3.4", "\"1.2.3.4\"")]
    [InlineData("!!str 5", "\"5\"")]
    [InlineData("|-\n    two\n    lines", "\"two\\nlines\"")]
    public void Reads_words_as_kubectl_does(string word, string json)
    {
        JsonValue? value = One(Header + $"data:\n  key: {word}\n").Content.At("data", "key");

        Assert.Equal(json, value?.ToString());
    }

    [Fact]
    public void Reads_keys_that_are_no_texts_as_texts()
    {
        ManifestDocument document = One(Header + "data: {80: a, true: b, 0x10: c}\n");

        Assert.Equal("""{"80":"a","true":"b","16":"c"}""", document.Content["data"]?.ToString());
    }

    [Fact]
    public void Writes_out_anchors_aliases_and_merge_keys()
    {
        ManifestDocument document = One(Header + """
            base: &base {cpu: 1, memory: 1Gi}
            more: &more {memory: 2Gi, disk: 3}
            data:
              own: {<<: [*base, *more], cpu: 4}
              same: *base

            """);

        Assert.Equal(
            """{"own":{"cpu":4,"memory":"1Gi","disk":3},"same":{"cpu":1,"memory":"1Gi"}}""",
            document.Content["data"]?.ToString());
    }

    [Fact]
    public void Knows_the_line_of_every_field_and_of_missing_ones_the_nearest()
    {
        ManifestDocument document = One("# comment\n" + Header + "spec:\n  ports:\n    - port: 80\n    - port: 81\n");

        Assert.Equal(2, document.Line);
        Assert.Equal(7, document.LineOf("spec.ports[1].port"));
        Assert.Equal(7, document.LineOf("spec.ports[1].name"));
        Assert.Equal(4, document.LineOf("spec.selector.app"));
        Assert.Equal(2, document.LineOf("metadata.name"));
    }

    [Fact]
    public void Skips_empty_documents_and_expands_lists_with_their_lines()
    {
        ManifestSet read = ManifestReader.ReadText("""
            ---
            # nothing here
            ---
            apiVersion: v1
            kind: List
            items:
              - apiVersion: v1
                kind: Service
                metadata: {name: one}
              - apiVersion: v1
                kind: Service
                metadata:
                  name: two
            """, "list.yaml");

        Assert.Empty(read.Errors);
        Assert.Equal(["one", "two"], read.Documents.Select(d => d.Name));
        Assert.Equal([7, 10], read.Documents.Select(d => d.Line));
        Assert.Equal(13, read.Documents[1].LineOf("metadata.name"));
    }

    [Fact]
    public void Refuses_a_key_that_is_written_twice()
    {
        Assert.Equal(
            "twice.yaml:5: metadata.name: is written twice, first on line 4; keep one of the two.",
            Errors(Header + "metadata:\n  name: a\n  name: b\n", "twice.yaml"));
        Assert.Equal(
            "twice.json:2: kind: is written twice, first on line 1; keep one of the two.",
            Errors("{\"apiVersion\": \"v1\", \"kind\": \"A\",\n \"kind\": \"B\"}", "twice.json"));
    }

    [Fact]
    public void Collects_the_mistakes_of_all_documents()
    {
        Assert.Equal(
            """
            all.yaml:1: kind: is missing; write kind, such as Deployment or Service.
            all.yaml:3: apiVersion: 1 is not a text; write apiVersion, such as v1, apps/v1 or emulator.dev/v1alpha1.
            all.yaml:6: 'just words' is not an object; write fields such as apiVersion, kind and metadata.
            all.yaml:10: data.a: *gone names no anchor; write &gone at a value above it.
            all.yaml:11: data.b: '.inf' is a number that JSON cannot hold; quote it or write a finite number.
            """.Replace("'just words'", "\"just words\"", StringComparison.Ordinal),
            Errors("""
                apiVersion: v1
                ---
                apiVersion: 1
                kind: Pod
                ---
                just words
                ---
                apiVersion: v1
                kind: ConfigMap
                data: {a: *gone,
                  b: .inf}
                """, "all.yaml"));
    }

    [Fact]
    public void Names_the_line_where_the_text_is_not_yaml_or_json()
    {
        Assert.StartsWith("bad.yaml:3: not YAML: ", Errors(Header + "data: [1, 2\nx: y\n", "bad.yaml"),
        StringComparison.Ordinal);
        Assert.StartsWith("bad.json:2: not JSON: ", Errors("{\"a\": 1,\n oops}", "bad.json"), StringComparison.Ordinal);
    }

    [Fact]
    public void Stops_an_alias_bomb()
    {
        string bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n";
        for (char c = 'b'; c <= 'h'; c++)
        {
            char before = (char)(c - 1);
            bomb += $"{c}: &{c} [{string.Join(", ", Enumerable.Repeat($"*{before}", 10))}]\n";
        }

        Assert.Equal(
            "-:6: not YAML: more than 1000000 values with aliases written out. Correct the text here.",
            Errors(bomb, "-"));
    }

    [Fact]
    public void Reads_several_json_values_from_standard_input()
    {
        ManifestSet read = ManifestReader.Read(["-"], new StringReader(
            "{\"apiVersion\":\"v1\",\"kind\":\"A\"}\n{\"apiVersion\":\"v1\",\"kind\":\"B\",\n\"n\":1.50}"));

        Assert.Empty(read.Errors);
        Assert.Equal(["A", "B"], read.Documents.Select(d => d.Kind));
        Assert.Equal(3, read.Documents[1].LineOf("n"));
        Assert.Equal("1.50", read.Documents[1].Content["n"]?.ToString());
    }

    [Fact]
    public void Reads_a_folder_with_its_sub_folders_in_ordinal_order_and_each_file_once()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory();
        try
        {
            foreach (string name in (string[])["b.yaml", "a.yml", "Z.json", "notes.txt", "sub/c.yaml"])
            {
                string path = Path.Combine(folder.FullName, name);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!); // A file's path has a folder.
                File.WriteAllText(path, $$"""{"apiVersion": "v1", "kind": "{{name}}"}""");
            }

            ManifestSet read = ManifestReader.Read(
                [Path.Combine(folder.FullName, "b.yaml"), folder.FullName], TextReader.Null);

            Assert.Empty(read.Errors);
            Assert.Equal(["b.yaml", "Z.json", "a.yml", "sub/c.yaml"], read.Documents.Select(d => d.Kind));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Says_which_path_does_not_exist()
    {
        ManifestSet read = ManifestReader.Read(["no/such/file.yaml"], TextReader.Null);

        Assert.Equal(
            "no/such/file.yaml: no such file or folder; check the path, or give - for standard input.",
            Assert.Single(read.Errors).ToString());
    }

    private static ManifestDocument One(string text)
    {
        ManifestSet read = ManifestReader.ReadText(text, "one.yaml");
        Assert.Empty(read.Errors);
        return Assert.Single(read.Documents);
    }

    private static string Errors(string text, string file) =>
        string.Join("\n", ManifestReader.ReadText(text, file).Errors);
}
