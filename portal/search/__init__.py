"""Finding articles: a Whoosh index per locale that follows the database, ranking, suggestions, query log."""
