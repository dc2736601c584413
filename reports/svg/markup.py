"""Writing SVG elements with everything escaped."""

from __future__ import annotations

from markupsafe import Markup, escape

Value = str | float | int


def element(name: str, *children: str | Markup, **attributes: Value) -> Markup:
    """An element with its attributes and children; plain strings are escaped, `Markup` is taken as it is.

    Attribute names are written with `_` for `-`; `klass` stands for `class`.
    """
    written = Markup("").join(Markup(' {}="{}"').format(_name(key), _value(value)) for key, value in attributes.items())
    inner = Markup("").join(escape(child) for child in children)
    opening = Markup("<") + name + written
    return opening + Markup("/>") if not inner else opening + Markup(">") + inner + Markup("</") + name + Markup(">")


def percent(share: float) -> str:
    """A share of the width as an attribute."""
    return f"{100 * share:.3f}%"


def picture(*children: Markup, height: float, title: str, description: str, klass: str) -> Markup:
    """A whole drawing, `height` pixels high, with what a screen reader says of it."""
    return element(
        "svg",
        element("title", title),
        element("desc", description),
        *children,
        klass=klass,
        role="img",
        width="100%",
        height=height,
    )


def _name(key: str) -> str:
    return "class" if key == "klass" else key.replace("_", "-")


def _value(value: Value) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
