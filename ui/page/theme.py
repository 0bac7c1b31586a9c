"""Gradio's theme, turned toward the drawings: quiet surfaces, one accent, the system's own typeface."""

from collections.abc import Mapping

from gradio.themes import Base

FONT = ("ui-sans-serif", "system-ui", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif")
MONO = ("ui-monospace", "SFMono-Regular", "Consolas", "monospace")


COLOURS: Mapping[str, str] = {
    "body_background_fill": "var(--bg)",
    "body_text_color": "var(--text)",
    "body_text_color_subdued": "var(--soft)",
    "background_fill_primary": "var(--panel)",
    "background_fill_secondary": "var(--raise)",
    "border_color_primary": "var(--line)",
    "border_color_accent": "var(--accent)",
    "color_accent_soft": "var(--accent-soft)",
    "block_background_fill": "transparent",
    "block_border_width": "0px",
    "block_shadow": "none",
    "block_label_text_color": "var(--soft)",
    "block_title_text_color": "var(--soft)",
    "block_info_text_color": "var(--soft)",
    "input_background_fill": "var(--raise)",
    "input_background_fill_focus": "var(--raise)",
    "input_border_color": "var(--line)",
    "input_border_color_focus": "var(--accent)",
    "input_border_width": "1px",
    "input_placeholder_color": "var(--faint)",
    "input_shadow": "none",
    "input_shadow_focus": "0 0 0 3px var(--accent-soft)",
    "slider_color": "var(--accent)",
    "button_primary_background_fill": "var(--accent)",
    "button_primary_background_fill_hover": "var(--accent)",
    "button_primary_border_color": "transparent",
    "button_primary_text_color": "var(--on-accent)",
    "button_primary_text_color_hover": "var(--on-accent)",
    "link_text_color": "var(--text)",
}
"""Values that are the same words in light and dark; the stylesheet's variables differ."""

SHAPES: Mapping[str, str] = {
    "color_accent": "var(--accent)",
    "block_padding": "0px",
    "block_radius": "0px",
    "block_title_text_size": "12.5px",
    "block_title_text_weight": "400",
    "form_gap_width": "0px",
    "layout_gap": "0px",
    "input_radius": "var(--r)",
    "input_text_size": "14px",
    "button_primary_shadow": "none",
    "button_primary_shadow_hover": "none",
    "button_primary_shadow_active": "none",
    "button_large_radius": "var(--r)",
    "button_transform_hover": "none",
    "button_transform_active": "none",
    "button_transition": "none",
}
"""Values that have no dark twin."""


def theme() -> Base:
    """The theme; every value is one of the stylesheet's own variables, so that both always agree."""
    base = Base(
        primary_hue="yellow",
        neutral_hue="stone",
        text_size="sm",
        spacing_size="sm",
        radius_size="sm",
        font=FONT,
        font_mono=MONO,
    )
    dark = {f"{name}_dark": value for name, value in COLOURS.items()}
    return base.set(**COLOURS, **dark, **SHAPES)
