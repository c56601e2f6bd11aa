"""Charts 图表: what the figures look like; described once, drawn on the page by plotly and in reports as vectors."""
