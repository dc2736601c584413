"""Plots as inline SVG that stays sharp and legible from a phone to a printed page.

A drawing is as wide as its place and has a fixed height. Horizontal positions are shares of the width (per cent), so
that nothing has to be drawn twice for two widths; text keeps its size. Only the names of marks, which must not
overlap, are laid out once for narrow and once for wide places (`marks`), and CSS shows one of the two.
"""
