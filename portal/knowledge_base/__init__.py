"""Articles: Article > Translation (one a locale) > Revision > Section; import, export, rendering, fallback."""
