"""Drawings as SVG text: names, numbers and marks in, markup out.

The one place where markup is built in Python. Every piece of it is an ``Svg``, made by ``svg.mark``, which escapes all
that is not one already; so text cannot become markup, whatever it says. Colours, dashes and faces are classes: the
style sheets know the theme. Sizes are in units of a pixel at the usual size of letters; ``svg.frame`` states them in
rem, so that drawings grow with the reader's letters. The same values give the same bytes.
"""
