"""The templates here are hostile: each must be refused, in bounded time and memory."""

import pytest

from edge_agent.model.errors import PromptError
from edge_agent.model.template_sandbox import compile_template

GROW = "{% set ns = namespace(x='ab') %}{% for i in range(60) %}{% set ns.x = STEP %}{% endfor %}"
NEST = "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = STEP %}{% endfor %}"
LONG = "{% set many = range(90000)|list %}"


def render(source, **variables):
    return compile_template(source)(variables)


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}",
        "{% for i in range(10**11) %}{% endfor %}",
        "{% macro f(n) %}{% if n %}{{ f(n-1) }}{{ f(n-1) }}{% endif %}{% endmacro %}{{ f(60) }}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% block b %}{{ self.b() }}{% endblock %}",
        "{% for x in [[1]] recursive %}{{ loop(x) }}{% endfor %}",
        LONG + "{{ many|select('in', many)|list|length }}",
        LONG + "{% for i in many %}{% if many == many[1:] %}{% endif %}{% endfor %}",
    ],
)
def test_no_template_runs_for_long(source):
    with pytest.raises(PromptError):
        render(source)


@pytest.mark.parametrize(
    "source",
    [
        "{{ 'a' * 10000000000 }}",
        "{{ [1] * 10000000000 }}",
        "{{ 9 ** 9 ** 9 }}",
        NEST.replace("[1]", "9").replace("STEP", "ns.x * ns.x"),
        "{{ '%9999999999d' % 1 }}",
        "{{ '{:9999999999}'.format(1) }}",
        "{{ 'a'.center(9999999999) }}",
        "{{ 'a'|center(9999999999) }}",
        "{{ 'a'|indent(9999999999) }}",
        "{{ [1]|tojson(indent=9999999999) }}",
        "{{ 1.5|round(9999999999) }}",
        GROW.replace("STEP", "ns.x ~ ns.x"),
        GROW.replace("STEP", "ns.x + ns.x"),
        GROW.replace("STEP", "ns.x.replace('a', ns.x)"),
        GROW.replace("STEP", "ns.x|replace('', ns.x)"),
        GROW.replace("STEP", "ns.x.join([ns.x, ns.x])"),
        GROW.replace("STEP", "[ns.x, ns.x]|join(ns.x)"),
        NEST.replace("STEP", "[ns.x, ns.x]"),
        NEST.replace("STEP", "(ns.x, ns.x)"),
        NEST.replace("STEP", "{'a': ns.x, 'b': ns.x}"),
        NEST.replace("STEP", "ns.x + ns.x"),
        NEST.replace("STEP", "namespace(a=ns.x, b=ns.x)") + "{{ ns.x|string|length }}",
        NEST.replace("STEP", "namespace(a=ns.x, b=ns.x)") + "{{ ns.x|upper|length }}",
        "{% set x %}aaaaaaaaaa{% endset %}" + "{% set x %}{{ x }}{{ x }}{% endset %}" * 60,
        "{% for i in range(90000) %}" + "a" * 2_000 + "{% endfor %}",
        "{% for i in range(9999) %}{% set x = range(99999)|list %}{% endfor %}",
        LONG + "{% for i in many %}{% set rest = many[1:] %}{% endfor %}",
    ],
)  # fmt: skip
def test_no_template_takes_much_memory(source):
    with pytest.raises(PromptError):
        render(source)


@pytest.mark.parametrize(
    "source",
    [
        "{{ " + "(" * 5_000 + "1" + ")" * 5_000 + " }}",
        "{{ " + "[" * 2_000 + "]" * 2_000 + " }}",
        "{{ 1" + "+1" * 20_000 + " }}",
        "{% if 1 %}" * 3_000 + "{% endif %}" * 3_000,
        "{% for a in [1] %}" * 50 + "{% endfor %}" * 50,
        "a" * 200_000,
        "{% if %}",
        "{{ x|nofilter }}",
        "{% include 'x' %}",
        "{% import 'x' as y %}",
        "{% extends 'x' %}",
    ],
)
def test_what_cannot_be_compiled_is_refused(source):
    with pytest.raises(PromptError, match="chat template"):
        compile_template(source)


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ x.__init__.__globals__ }}",
        "{{ ''|attr('__class__') }}",
        "{{ lipsum(9) }}",
        "{{ [1, 2] }}",
        "{{ namespace() }}",
        "{{ x.append(1) }}",
        "{{ x.y.z }}",
        "{{ 1 / 0 }}",
        "{{ 1 + 'a' }}",
    ],
)
def test_what_a_template_may_not_do_is_one_sentence(source):
    with pytest.raises(PromptError, match=r"^the chat template (failed|cannot be read): .+"):
        render(source, x=[1])


def test_a_template_can_refuse_in_its_own_words():
    with pytest.raises(PromptError, match="only user and model take turns"):
        render("{{ raise_exception('only user and model take turns') }}")


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("{{ a }}{{ b }}{{ c }}{{ missing }}", "x1None"),
        ("{% for i in [1, 2] %}{{ loop.index }}{{ ',' if not loop.last }}{% endfor %}", "1,2"),
        ("{% for k, v in d|dictsort %}{{ k }}={{ v }};{% endfor %}", "B=2;c=1;"),
        ("{% for k, v in d.items() %}{{ k }}{% endfor %}", "cB"),
        ("{{ d.get('c') }}{{ d.get('z') or 'none' }}{{ d['c'] is defined }}", "1noneTrue"),
        ("{{ d|tojson }}", '{"c": 1, "B": 2}'),
        ("{{ ' x '|trim ~ 'y'|upper }}{{ ['a', 'b']|join('-') }}", "xYa-b"),
        ("{{ 'a<b>c'.split('<b>')[-1] }}{{ 'abc'[1:] }}{{ 'x'.replace('x', 'y') }}", "cbcy"),
        ("{{ ['a', 'b']|map('upper')|list|length }}{{ range(3)|length }}", "23"),
        (NEST.replace("[1]", "0").replace("STEP", "ns.x + i") + "{{ ns.x }}", "1770"),
        ("{% macro m(x) %}<{{ x }}>{% endmacro %}{{ m('a') }}", "<a>"),
        ("{% if a is string and d is mapping and l is sequence %}yes{% endif %}", "yes"),
        ("x\n  {% if a %}\ny\n  {% endif %}\nz", "x\ny\nz"),
        ("{{ '<b>&' }}", "<b>&"),
    ],
)  # fmt: skip
def test_what_chat_templates_use_works(source, written):
    assert render(source, a="x", b=1, c=None, d={"c": 1, "B": 2}, l=[]) == written
