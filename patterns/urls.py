from django.urls import include, path

from patterns.api import lab as lab_data
from patterns.views import category, compare, downloads, feeds, history, index, map, pattern, site, sitemaps, suggest
from patterns.views.lab import index as lab_index
from patterns.views.lab import page as lab_page

app_name = "patterns"

urlpatterns = [
    path("", site.home, name="home"),
    path("patterns/", index.index, name="index"),
    path("patterns/<slug:slug>/", pattern.show, name="pattern"),
    path("patterns/<slug:slug>/history/", history.show, name="history"),
    path("patterns/<slug:slug>/suggest/", suggest.suggest, name="suggest"),
    path("patterns/<slug:slug>/lab/", lab_page.show, name="pattern_lab"),
    path("patterns/<slug:slug>/lab.json", lab_data.data, name="pattern_lab_json"),
    path("patterns/<slug:slug>.toml", downloads.pattern, {"format": "toml"}, name="pattern_toml"),
    path("patterns/<slug:slug>.json", downloads.pattern, {"format": "json"}, name="pattern_json"),
    path("patterns/<slug:slug>.md", downloads.pattern, {"format": "md"}, name="pattern_md"),
    path("categories/<slug:slug>/", category.show, name="category"),
    path("categories/<slug:slug>/feed.atom", feeds.category, name="category_feed"),
    path("feeds/changes.atom", feeds.changes, name="changes_feed"),
    path("sitemap.xml", sitemaps.sitemap, name="sitemap"),
    path("sitemap-part.xml", sitemaps.part, name="sitemap_part"),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("opensearch.xml", site.opensearch, name="opensearch"),
    path("compare/", compare.compare, name="compare"),
    path("about/", site.about, name="about"),
    path("map/", map.show, name="map"),
    path("lab/", lab_index.index, name="lab"),
    path("catalog.toml", downloads.catalog, {"format": "toml"}, name="catalog_toml"),
    path("catalog.json", downloads.catalog, {"format": "json"}, name="catalog_json"),
    path("catalog.csv", downloads.catalog, {"format": "csv"}, name="catalog_csv"),
    path("catalog.schema.json", downloads.schema, name="catalog_schema"),
    path("api/v1/", include("patterns.api.urls")),
]
