import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmagentos.devices.codecs.templates import Template, TemplateRefused


@pytest.mark.parametrize(
    ("source", "payload", "text"),
    [
        ("{{ value_json.temperature }}", '{"temperature": 21.5}', "21.5"),
        ("{{ value_json['a b'] | float(0) | round(1) }}", '{"a b": "3.14"}', "3.1"),
        ("{{ 'ON' if value_json.state == 'on' else 'OFF' }}", '{"state": "on"}', "ON"),
        ("{% if value == '1' %}open{% else %}closed{% endif %}", "1", "open"),
        ("{{ (value | int) / 2.55 }}", "255", "100.0"),
        ("{{ iif(value_json.x, 'a', 'b') }}", '{"x": 0}', "b"),
    ],
)
def test_what_devices_write(source: str, payload: str, text: str) -> None:
    assert Template(source).render(payload) == text


@pytest.mark.parametrize(
    "source",
    [
        "{{ 9**9**9 }}", "{% for i in range(10**9) %}{{ i }}{% endfor %}", "{{ ''.__class__.__mro__ }}", "{{ 'a' * 999999999 }}",
        "{{ cycler.__init__.__globals__ }}", "{{ value|float * 1e999 }}", "{{ value_json[", "{% include 'x' %}", "{{ ''.format(1) }}", "{{ 'x'.ljust(99999999) }}",
    ],
)  # fmt: skip
def test_hostile_templates_are_refused_and_nothing_else(source: str) -> None:
    with pytest.raises(TemplateRefused):
        print(Template(source).render('{"x": 1}'))


@given(st.text(max_size=60), st.text(max_size=40))
def test_no_text_raises_anything_else(inner: str, payload: str) -> None:
    for source in (inner, f"{{{{ {inner} }}}}", f"{{{{ value_json.{inner} }}}}"):
        try:
            Template(source).render(payload)
        except TemplateRefused:
            continue
