import pytest

from cluster.errors import BrokenScenario
from experiments.runbook import parse_runbook

pytestmark = pytest.mark.unit

GOOD = """\
---
nodes: read
namespaces: {kube-system: read, billing: write}
node_shell: [worker2]
limit: 20s
---
# The cache expires all at once

## Meaning
Text.

## Impact
Text.

## Diagnosis
1. Look at the keys:

   ```bash diagnose expect="ttl=\\d+ \\"same\\"" limit=1m
   redis-cli ttl product:1  # never sleeps
   ```

```bash diagnose context
kubectl get pods
```

```promql
sum(up)
```

## Mitigation
```bash mitigate
psql -c 'select pg_sleep(0)'
```

## Fix
### For good
```bash fix
kubectl set env deployment/shop CACHE_JITTER=8
kubectl rollout status deployment/shop
```

## Verification
~~~bash verify expect="ok"
echo ok
~~~

## Prevention
Text.
"""


def test_reads_blocks_in_order_with_their_lines() -> None:
    blocks = parse_runbook(GOOD).blocks
    assert [(b.index, b.kind, b.section, b.line, b.limit_s) for b in blocks] == [
        (0, "diagnose", "Diagnosis", 18, 60),
        (1, "diagnose", "Diagnosis", 22, 20),
        (2, "mitigate", "Mitigation", 31, 20),
        (3, "fix", "Fix", 37, 20),
        (4, "verify", "Verification", 43, 20),
    ]
    assert blocks[0].expect == r'ttl=\d+ "same"'
    assert blocks[0].script == "redis-cli ttl product:1  # never sleeps\n"
    assert [b.context for b in blocks] == [False, True, False, False, False]


def test_reads_the_front_matter() -> None:
    rights = parse_runbook(GOOD).front_matter
    assert rights.nodes == "read"
    assert rights.namespaces == {"kube-system": "read", "billing": "write"}
    assert rights.node_shell == ("worker2",)
    assert rights.limit == 20


def test_front_matter_may_be_missing() -> None:
    runbook = parse_runbook(GOOD.split("---\n", 2)[2])
    assert runbook.front_matter.node_shell == ()
    assert runbook.blocks[1].limit_s == 60
    assert runbook.blocks[1].line == 22 - 6


BAD = [
    ("heading missing", "## Impact\nText.\n\n", "", "RUNBOOK.md:1: the heading `## Impact` is missing"),
    ("heading unknown", "## Prevention", "## Notes\nText.\n\n## Prevention",
     "RUNBOOK.md:47: `## Notes` is none of its headings: Meaning, Impact, Diagnosis, Mitigation, Fix, Verification, "
     "Prevention"),
    ("heading twice", "## Prevention", "## Fix\nText.\n\n## Prevention", "RUNBOOK.md:47: `## Fix` stands there twice"),
    ("out of order", "## Meaning\nText.\n\n## Impact", "## Impact\nText.\n\n## Meaning",
     "RUNBOOK.md:12: `## Meaning` belongs before `## Impact`"),
    ("empty section", "## Prevention\nText.\n", "## Prevention\n",
     "RUNBOOK.md:47: nothing stands under `## Prevention`"),
    ("no kind", "```bash mitigate", "```bash",
     "RUNBOOK.md:31: a bash block says right after `bash` which one of diagnose, mitigate, fix, verify it is"),
    ("two kinds", "```bash mitigate", "```bash mitigate fix",
     "RUNBOOK.md:31: a bash block says right after `bash` which one of diagnose, mitigate, fix, verify it is"),
    ("unknown word", "```bash mitigate", "```bash mitigate now",
     "RUNBOOK.md:31: 'now' is unknown; a block is `bash KIND [expect=\"…\"] [context] [limit=30s]`"),
    ("unknown key", "```bash mitigate", "```bash mitigate retries=3",
     "RUNBOOK.md:31: 'retries' is unknown; a block is `bash KIND [expect=\"…\"] [context] [limit=30s]`"),
    ("unclosed quote", 'expect="ok"', 'expect="ok',
     "RUNBOOK.md:43: cannot read 'expect=\"ok'; values are written expect=\"…\""),
    ("key twice", 'expect="ok"', 'expect="ok" expect="no"', "RUNBOOK.md:43: 'expect' is there twice"),
    ("bad regex", 'expect="ok"', 'expect="(ok"',
     "RUNBOOK.md:43: expect is no regular expression: missing ), unterminated subpattern at position 0"),
    ("regex for anything", 'expect="ok"', 'expect=".*"',
     "RUNBOOK.md:43: expect='.*' matches a block that prints nothing, so it proves nothing"),
    ("diagnose shows nothing", "```bash diagnose context", "```bash diagnose",
     'RUNBOOK.md:22: a diagnose block says what it shows, expect="…", or is marked `context`'),
    ("context elsewhere", "```bash fix", "```bash fix context", "RUNBOOK.md:37: `context` is for diagnose blocks"),
    ("bad limit", "limit=1m", "limit=soon",
     "RUNBOOK.md:18: 'soon' is not a duration such as 90s, 5m or 1h30m"),
    ("endless limit", "limit=1m", "limit=1h", "RUNBOOK.md:18: limit is more than 0 s and at most 600 s"),
    ("wrong section", "```bash mitigate", "```bash fix", "RUNBOOK.md:31: a fix block belongs under `## Fix`"),
    ("other shell", "```promql", "```sh",
     "RUNBOOK.md:26: write ```bash KIND for what is executed, ```text for what is only shown"),
    ("no language", "```promql", "```",
     "RUNBOOK.md:26: write ```bash KIND for what is executed, ```text for what is only shown"),
    ("sleep", "kubectl rollout status deployment/shop", "for i in 1 2; do sleep 5; done",
     "RUNBOOK.md:39: a block never sleeps; wait for a condition, as `kubectl rollout status` does"),
    ("sleep by path", "kubectl rollout status deployment/shop", "/bin/sleep 5",
     "RUNBOOK.md:39: a block never sleeps; wait for a condition, as `kubectl rollout status` does"),
    ("empty block", "kubectl get pods", "# later", "RUNBOOK.md:22: the block is empty"),
    ("front matter field", "nodes: read", "node: read", "RUNBOOK.md:2: node: Extra inputs are not permitted"),
    ("front matter value", "billing: write", "billing: admin",
     "RUNBOOK.md:3: namespaces.billing: Input should be 'read' or 'write'"),
    ("front matter limit", "limit: 20s", "limit: 1d",
     "RUNBOOK.md:5: limit: Value error, a block's limit is more than 0 s and at most 600 s"),
    ("front matter YAML", "nodes: read", "nodes: [read",
     "RUNBOOK.md:3: not YAML: expected ',' or ']', but got ':'"),
    ("front matter open", "limit: 20s\n---\n", "limit: 20s\n", "RUNBOOK.md:1: the front matter has no closing `---`"),
    ("no fix", GOOD[GOOD.index("```bash fix") : GOOD.index("## Verification")], "Text.\n\n",
     "RUNBOOK.md:1: no `bash fix` block: this runbook fixes nothing"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_refuses_with_file_and_line(old: str, new: str, message: str) -> None:
    assert old in GOOD
    with pytest.raises(BrokenScenario) as raised:
        parse_runbook(GOOD.replace(old, new, 1))
    assert message in raised.value.happened.splitlines()


def test_lists_every_problem() -> None:
    text = GOOD.replace("```bash fix", "```bash").replace("## Impact", "## Importance")
    with pytest.raises(BrokenScenario) as raised:
        parse_runbook(text)
    assert len(raised.value.happened.splitlines()) == 3


@pytest.mark.parametrize(
    "line", ["select pg_sleep(1)", "echo sleepy", "grep no-sleep x", "echo '%sleep%'", "# sleep 3"]
)
def test_only_the_command_sleep_is_refused(line: str) -> None:
    assert parse_runbook(GOOD.replace("kubectl get pods", f"true\n{line}"))
