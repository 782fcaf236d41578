from __future__ import annotations

import pytest

from portal.knowledge_base.hugo import convert_shortcodes
from portal.knowledge_base.link_targets import rewrite_targets


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            'A {{% def id="CSR" name="Request" abbr="CSR" %}} Text. {{% /def %}} B',
            "A\n\n## Request (CSR) {#def-CSR}\n\nText.\n\nB",
        ),
        (
            '{{% def id="x" name="N" abbr="A" abbr_first="1" english="E" %}}T{{% / def %}}',
            "\n\n## A (N, E) {#def-x}\n\nT\n\n",
        ),
        ('[x]({{< relref "docs/a b.md#z" >}})', "[x](docs/a%20b.md#z)"),
        ("[x]({{< ref rate-limits >}})", "[x](rate-limits.md)"),
        ('{{< figure src="a.png" alt="Alt" caption="Say \\"hi\\"" >}}', '\n\n![Alt](a.png "Say ”hi”")\n\n'),
        ('{{< highlight go "linenos=table" >}}\nx\n{{< /highlight >}}', "\n\n```go\n\nx\n\n```\n\n"),
        ('{{% alert title="T" color="warning" %}}in{{% /alert %}}', "\n\n::: warning T\n\nin\n\n:::\n\n"),
        ("{{% tip %}}in{{% /tip %}}", "\n\n::: tip\n\nin\n\n:::\n\n"),
        ('{{< details "More" >}}x{{< /details >}}', "\n\n<details><summary>More</summary>\n\nx\n\n</details>\n\n"),
        ("{{< youtube abc-1 >}}", "https://www.youtube.com/watch?v=abc-1"),
        ("Write {{</* note */>}} so.", "Write {{< note >}} so."),
    ],
)
def test_shortcodes_with_a_meaning_are_translated(text: str, expected: str):
    assert convert_shortcodes(text) == (expected, ())


def test_of_other_shortcodes_only_the_inner_text_stays():
    text = 'A {{< tabs >}}{{% tab "One }}" %}}inner{{% /tab %}}{{< /tabs >}} {{< clients list="a > b" />}}B'

    assert convert_shortcodes(text) == ("A inner B", ("clients", "tab", "tabs"))


def test_a_callout_without_end_opens_nothing():
    assert convert_shortcodes("{{< note >}} text") == (" text", ("note",))


def test_braces_that_are_no_shortcode_stay():
    assert convert_shortcodes("Use {{ name }} and {{% def").text == "Use {{ name }} and {{% def"


def test_targets_are_rewritten_outside_code():
    text = (
        '[a](/b "t") ![p](<c d.svg> "q") [![i](/i.png)](/i.png) <a href="/e">x</a> <img src=\'f.png\'>\n'
        "[r]: /ref\n[s]: s.png\n`[c](/d)` ``[c](/`d)``\n\n```\n[c](/d)\n```\n\n~~~~\n[c](/d)\n~~~\n~~~~\n"
        "[w](/wiki/X_(y))"
    )

    changed = rewrite_targets(text, lambda target, is_picture: f"{'P' if is_picture else 'L'}:{target}")

    assert changed == (
        '[a](L:/b "t") ![p](P:c d.svg "q") [![i](P:/i.png)](L:/i.png) <a href="L:/e">x</a> <img src=\'P:f.png\'>\n'
        "[r]: L:/ref\n[s]: P:s.png\n`[c](/d)` ``[c](/`d)``\n\n```\n[c](/d)\n```\n\n~~~~\n[c](/d)\n~~~\n~~~~\n"
        "[w](L:/wiki/X_(y))"
    )


def test_targets_stay_when_there_is_nothing_better():
    assert rewrite_targets("[a](<b c>) [d](e)", lambda _target, _is_picture: None) == "[a](<b c>) [d](e)"
