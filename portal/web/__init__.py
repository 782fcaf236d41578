"""What every page needs: htmx, forgery protection, security headers, limits, assets, error pages."""
