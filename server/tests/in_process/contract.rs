//! HTTP as a contract: what is asked, and what the answer must and must not say. One row, one promise.

use actix_web::http::{Method, header};
use actix_web::test::TestRequest;
use serde_json::Value;
use server::http::{CachePolicies, CachePolicy};

use crate::city::City;
use crate::foreign;
use crate::http::{Answer, asked_of, gunzipped, tile_at};

/// What the body must be.
#[derive(Clone, Copy, Debug)]
enum Body {
    /// None.
    Nothing,
    /// A vector tile, in the coding that the answer names.
    Mvt,
    /// Exactly these bytes.
    Bytes(&'static [u8]),
    /// JSON, in the coding that the answer names.
    Json,
    /// HTML, script or style, in the coding that the answer names.
    Text,
    /// A problem (RFC 9457) with this code.
    Problem(&'static str),
    /// The first bytes of a PMTiles archive, so many in all; 0: the whole of it.
    Archive(usize),
    /// So many bytes.
    Length(usize),
    /// A picture.
    Png,
}

use Body::{Archive, Bytes, Json, Length, Mvt, Nothing, Png, Problem, Text};

/// A row: method, URL, headers; status, headers that must be there (`*`: with any value; `-`: must
/// not be there), body. In URLs and values `{t}` is a tile that has something, `{g}` the generation,
/// `{p}` the identity of the foreign tileset `packed`.
type Row = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
    u16,
    &'static [(&'static str, &'static str)],
    Body,
);

const VARY: (&str, &str) = ("vary", "Accept-Encoding");
const NO_VARY: (&str, &str) = ("vary", "-");
const MVT: (&str, &str) = ("content-type", "application/vnd.mapbox-vector-tile");
const JSON: (&str, &str) = ("content-type", "application/json");
const FOREVER: (&str, &str) = ("cache-control", "public, max-age=31536000, immutable");
const SHORTLY: (&str, &str) = ("cache-control", "max-age=60, stale-while-revalidate=600, stale-if-error=86400");
const ASKING: (&str, &str) = ("cache-control", "max-age=0, stale-if-error=86400");
const NEVER: (&str, &str) = ("cache-control", "no-store");
const TAG: (&str, &str) = ("etag", "*");
const NO_TAG: (&str, &str) = ("etag", "-");
const PLAIN: (&str, &str) = ("content-encoding", "-");
const GZIP: (&str, &str) = ("content-encoding", "gzip");
const BR: (&str, &str) = ("content-encoding", "br");
const ZSTD: (&str, &str) = ("content-encoding", "zstd");
const GENERATION: (&str, &str) = ("x-tuban-generation", "{g}");
const NO_GENERATION: (&str, &str) = ("x-tuban-generation", "-");
const ALLOW: (&str, &str) = ("allow", "GET, HEAD, OPTIONS");
const RANGES: (&str, &str) = ("accept-ranges", "bytes");
const BROWSER: (&str, &str) = ("accept-encoding", "gzip, deflate, br, zstd");

#[rustfmt::skip]
const TILES: &[Row] = &[
    // Codings: as stored where that is as welcome as others, else the one of highest weight.
    ("GET", "/findings/{t}", &[], 200, &[MVT, PLAIN, VARY, TAG, SHORTLY, GENERATION], Mvt),
    ("GET", "/findings/{t}", &[BROWSER], 200, &[MVT, GZIP, VARY, TAG], Mvt),
    ("GET", "/findings/{t}", &[("accept-encoding", "gzip")], 200, &[GZIP, VARY], Mvt),
    ("GET", "/findings/{t}", &[("accept-encoding", "x-gzip")], 200, &[GZIP, VARY], Mvt),
    ("GET", "/findings/{t}", &[("accept-encoding", "*")], 200, &[GZIP, VARY], Mvt),
    ("GET", "/findings/{t}", &[("accept-encoding", "br")], 200, &[BR, VARY], Mvt),
    ("GET", "/findings/{t}", &[("accept-encoding", "zstd")], 200, &[ZSTD, VARY], Mvt),
    ("GET", "/findings/{t}", &[("accept-encoding", "gzip;q=0.8, br")], 200, &[BR, VARY], Mvt),
    ("GET", "/findings/{t}", &[("accept-encoding", "gzip;q=0.5, identity")], 200, &[PLAIN, VARY], Mvt),
    ("GET", "/findings/{t}", &[("accept-encoding", "deflate")], 200, &[PLAIN, VARY], Mvt),
    ("GET", "/findings/{t}", &[("accept-encoding", "")], 200, &[PLAIN, VARY], Mvt),
    ("GET", "/findings/{t}", &[("accept-encoding", "identity;q=0")], 406, &[VARY, NEVER, NO_TAG], Problem("not_acceptable")),
    ("GET", "/findings/{t}", &[("accept-encoding", "deflate, *;q=0")], 406, &[VARY, NEVER], Problem("not_acceptable")),
    // Suffixes.
    ("GET", "/findings/{t}.mvt", &[], 200, &[MVT, TAG], Mvt),
    ("GET", "/findings/{t}.pbf", &[], 200, &[MVT, TAG], Mvt),
    ("GET", "/findings/{t}.png", &[], 400, &[NEVER], Problem("outside_grid")),
    // Caching: for good where the URL names the version.
    ("GET", "/findings/{t}?v={g}", &[], 200, &[FOREVER, TAG, VARY, GENERATION], Mvt),
    ("GET", "/findings/{t}?v=old", &[], 200, &[SHORTLY], Mvt),
    ("GET", "/findings/{t}?w={g}", &[], 200, &[SHORTLY], Mvt),
    ("GET", "/findings/14/0/0?v={g}", &[], 204, &[FOREVER, VARY, GENERATION, NO_TAG], Nothing),
    ("GET", "/findings/14/0/0", &[], 204, &[SHORTLY, VARY, GENERATION, NO_TAG], Nothing),
    ("GET", "/findings/14/0/0", &[("if-none-match", "*")], 204, &[SHORTLY, VARY], Nothing),
    ("GET", "/findings/14/0/0", &[("accept-encoding", "identity;q=0")], 406, &[VARY], Problem("not_acceptable")),
    ("GET", "/findings/{t}?v={g}", &[("if-none-match", "*")], 304, &[FOREVER, TAG, VARY, GENERATION, PLAIN], Nothing),
    ("GET", "/findings/{t}", &[("if-none-match", "*")], 304, &[SHORTLY, TAG, VARY, GENERATION], Nothing),
    ("GET", "/findings/{t}", &[("if-none-match", "\"other\"")], 200, &[TAG], Mvt),
    ("GET", "/findings/{t}", &[("if-none-match", "nonsense, ,,\"")], 200, &[TAG], Mvt),
    // Which tile.
    ("GET", "/nothing/0/0/0", &[], 404, &[NEVER, NO_VARY], Problem("unknown_tileset")),
    ("GET", "/findings/1/2/0", &[], 400, &[NEVER], Problem("outside_grid")),
    ("GET", "/findings/31/0/0", &[], 400, &[NEVER], Problem("outside_grid")),
    ("GET", "/findings/01/0/0", &[], 400, &[NEVER], Problem("outside_grid")),
    ("GET", "/findings/1/a/0", &[], 400, &[NEVER], Problem("outside_grid")),
    ("GET", "/findings/1/%ff/0", &[], 400, &[NEVER], Problem("outside_grid")),
    // Several tilesets in one tile.
    ("GET", "/base,findings/{t}", &[], 200, &[MVT, PLAIN, VARY, TAG, GENERATION, SHORTLY], Mvt),
    ("GET", "/base,findings/{t}?v={g}", &[BROWSER], 200, &[GZIP, VARY, FOREVER], Mvt),
    ("GET", "/base,findings/{t}", &[("accept-encoding", "br")], 200, &[BR, VARY], Mvt),
    ("GET", "/base,findings/{t}", &[("if-none-match", "*")], 304, &[TAG, VARY], Nothing),
    ("GET", "/base,packed/{t}?v={g}.{p}", &[], 200, &[FOREVER, GENERATION], Mvt),
    ("GET", "/base,packed/{t}?v={g}", &[], 200, &[SHORTLY], Mvt),
    ("GET", "/base,base/{t}", &[], 400, &[NEVER], Problem("repeated_tileset")),
    ("GET", "/base,copy/{t}", &[], 400, &[NEVER], Problem("shared_layer")),
    ("GET", "/base,photo/{t}", &[], 400, &[NEVER], Problem("not_joinable")),
    ("GET", "/base,nothing/{t}", &[], 404, &[NEVER], Problem("unknown_tileset")),
    ("GET", "/base,/{t}", &[], 404, &[NEVER], Problem("unknown_tileset")),
    // What somebody else made.
    ("GET", "/packed/3/0/0", &[], 200, &[MVT, PLAIN, VARY, TAG, SHORTLY, NO_GENERATION], Mvt),
    ("GET", "/packed/3/0/0?v={p}", &[BROWSER], 200, &[MVT, GZIP, VARY, FOREVER], Mvt),
    ("GET", "/packed/3/1/0", &[BROWSER], 200, &[ZSTD, VARY], Mvt),
    ("GET", "/packed/3/2/0", &[], 204, &[VARY, NO_GENERATION], Nothing),
    ("GET", "/brotli/3/0/0", &[BROWSER], 200, &[BR, VARY], Mvt),
    ("GET", "/photo/3/0/0", &[BROWSER], 200, &[("content-type", "image/png"), PLAIN, NO_VARY, TAG, SHORTLY], Bytes(foreign::PICTURE)),
    ("GET", "/photo/3/0/0.png", &[], 200, &[("content-type", "image/png")], Bytes(foreign::PICTURE)),
    ("GET", "/photo/3/0/0.pbf", &[], 400, &[NEVER], Problem("outside_grid")),
    ("GET", "/photo/3/0/0", &[("if-none-match", "*")], 304, &[TAG, NO_VARY, SHORTLY], Nothing),
    ("GET", "/photo/3/1/0", &[], 204, &[NO_VARY], Nothing),
];

#[rustfmt::skip]
const DOCUMENTS: &[Row] = &[
    ("GET", "/catalog", &[], 200, &[JSON, PLAIN, VARY, TAG, ASKING, GENERATION], Json),
    ("GET", "/catalog", &[BROWSER], 200, &[BR, VARY, TAG], Json),
    ("GET", "/catalog", &[("accept-encoding", "gzip")], 200, &[GZIP, VARY], Json),
    ("GET", "/catalog", &[("accept-encoding", "zstd")], 200, &[ZSTD, VARY], Json),
    ("GET", "/catalog", &[("accept-encoding", "*;q=0")], 406, &[VARY, NEVER], Problem("not_acceptable")),
    ("GET", "/catalog", &[("if-none-match", "*")], 304, &[TAG, VARY, ASKING, GENERATION], Nothing),
    ("GET", "/findings", &[], 200, &[JSON, ASKING, TAG, VARY, GENERATION], Json),
    ("GET", "/findings,packed", &[], 200, &[JSON, GENERATION], Json),
    ("GET", "/photo", &[], 200, &[JSON, ASKING, NO_GENERATION], Json),
    ("GET", "/style/far", &[BROWSER], 200, &[JSON, BR, ASKING, VARY], Json),
    ("GET", "/legend/far", &[], 200, &[JSON, VARY], Json),
    ("GET", "/legend/far.svg?lang=en", &[], 200, &[("content-type", "image/svg+xml"), VARY], Text),
    ("GET", "/stats/far", &[], 200, &[JSON, VARY, TAG], Json),
    ("GET", "/stats/far.csv", &[], 200, &[("content-type", "text/csv; charset=utf-8"), VARY], Text),
    ("GET", "/stats/far.xlsx", &[BROWSER], 200, &[PLAIN, NO_VARY, TAG, ASKING], Body::Length(0)),
    ("GET", "/parcels/ZD02", &[], 200, &[JSON, VARY, TAG, ASKING], Json),
    ("GET", "/parcels/ZD%2F01/explain", &[], 200, &[JSON, VARY, TAG], Json),
    ("GET", "/parcels/ZD02/explain.html", &[BROWSER], 200, &[("content-type", "text/html; charset=utf-8"), BR, VARY], Text),
    ("GET", "/identify?lon=116&lat=43", &[], 200, &[JSON, VARY], Json),
    ("GET", "/totals/parcels?by=far_class", &[], 200, &[JSON, VARY, TAG, ASKING, GENERATION], Json),
    ("GET", "/totals/parcels?by=far_class&where=far_class:1,2,;zone:&bbox=116,43,117,44", &[BROWSER], 200, &[JSON, VARY], Json),
    ("GET", "/totals/parcels", &[("if-none-match", "*")], 304, &[TAG, VARY, GENERATION], Nothing),
    ("GET", "/search?q=ZD", &[], 200, &[JSON, VARY, TAG, ASKING, GENERATION], Json),
    ("GET", "/inside?ring=116,43;117,43;117,44", &[], 200, &[JSON, VARY, TAG, ASKING, GENERATION], Json),
    ("GET", "/static/far/116,43.9,12/64x48.png", &[BROWSER], 200, &[("content-type", "image/png"), PLAIN, NO_VARY, TAG, ASKING, GENERATION], Png),
    ("GET", "/static/far-dark/116,43.9,12/64x48@2x.png?lang=en", &[], 200, &[("content-type", "image/png"), TAG], Png),
    ("GET", "/static/far/116,43.9,12/64x48.png", &[("if-none-match", "*")], 304, &[TAG, NO_VARY, ASKING, GENERATION], Nothing),
    ("GET", "/codes", &[], 200, &[JSON, VARY], Json),
    ("GET", "/codes/ydyh2023", &[BROWSER], 200, &[JSON, BR], Json),
    ("GET", "/quality", &[], 200, &[("content-type", "text/html; charset=utf-8"), VARY], Text),
    ("GET", "/quality.json", &[], 200, &[JSON, VARY], Json),
    ("GET", "/openapi.json", &[BROWSER], 200, &[JSON, BR, VARY, TAG, ASKING, NO_GENERATION], Json),
    ("GET", "/openapi.json", &[("if-none-match", "*")], 304, &[TAG, VARY], Nothing),
    ("GET", "/docs", &[BROWSER], 200, &[("content-type", "text/html; charset=utf-8"), BR, VARY, ("content-security-policy", "*")], Text),
    ("GET", "/", &[BROWSER], 200, &[("content-type", "text/html; charset=utf-8"), VARY, TAG, ASKING], Text),
    ("GET", "/", &[], 200, &[("content-security-policy", "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data: blob: http://map.example:8080; connect-src 'self' http://map.example:8080; base-uri 'none'; form-action 'none'; frame-ancestors 'self'")], Text),
    ("GET", "/embed?style=far", &[BROWSER], 200, &[("content-type", "text/html; charset=utf-8"), BR, VARY, TAG, ASKING, ("content-security-policy", "*")], Text),
    ("GET", "/embed.js", &[], 200, &[("content-type", "text/javascript; charset=utf-8"), TAG, ASKING], Text),
    ("GET", "/main.js", &[("accept-encoding", "gzip")], 200, &[GZIP, VARY, TAG, ASKING], Text),
    ("GET", "/main.js", &[("accept-encoding", "br")], 200, &[BR, VARY], Text),
    ("GET", "/main.js", &[("if-none-match", "*")], 304, &[TAG, VARY, ASKING], Nothing),
    ("GET", "/health", &[BROWSER], 200, &[JSON, NEVER, PLAIN], Json),
    ("GET", "/ready", &[], 200, &[JSON, NEVER], Json),
    // What is not there, and what cannot be meant.
    ("GET", "/nothing", &[], 404, &[NEVER], Problem("unknown_tileset")),
    ("GET", "/a/b/c/d/e/f", &[], 404, &[NEVER], Problem("not_found")),
    ("GET", "/style/nothing", &[], 404, &[NEVER], Problem("unknown_style")),
    ("GET", "/static/nothing/116,43.9,12/64x48.png", &[], 404, &[NEVER], Problem("unknown_style")),
    ("GET", "/static/far/116,43.9/64x48.png", &[], 400, &[NEVER], Problem("bad_map")),
    ("GET", "/static/far/116,43.9,12/0x48.png", &[], 400, &[NEVER], Problem("bad_map")),
    ("GET", "/static/far/116,43.9,12/64x48.png?lang=xx", &[], 400, &[NEVER], Problem("bad_query")),
    ("GET", "/stats/nothing", &[], 404, &[NEVER], Problem("unknown_table")),
    ("GET", "/codes/nothing", &[], 404, &[NEVER], Problem("unknown_code_system")),
    ("GET", "/parcels/nothing", &[], 404, &[NEVER], Problem("unknown_parcel")),
    ("GET", "/stats/far?by=weather", &[], 400, &[NEVER], Problem("bad_query")),
    ("GET", "/legend/far?lang=xx", &[], 400, &[NEVER], Problem("bad_query")),
    ("GET", "/totals/nothing", &[], 404, &[NEVER], Problem("unknown_layer")),
    ("GET", "/totals/parcels?by=colour", &[], 400, &[NEVER], Problem("bad_query")),
    ("GET", "/totals/parcels?where=far_class", &[], 400, &[NEVER], Problem("bad_query")),
    ("GET", "/totals/parcels?where=far_class:x", &[], 400, &[NEVER], Problem("bad_query")),
    ("GET", "/totals/parcels?bbox=1,2,3", &[], 400, &[NEVER], Problem("bad_query")),
    ("GET", "/search", &[], 400, &[NEVER], Problem("bad_query")),
    ("GET", "/search?q=%20", &[], 400, &[NEVER], Problem("bad_query")),
    ("GET", "/inside", &[], 400, &[NEVER], Problem("bad_query")),
    ("GET", "/inside?ring=1,1;2,2", &[], 400, &[NEVER], Problem("bad_query")),
    ("GET", "/inside?ring=0,0;1,1;1,0;0,1", &[], 400, &[NEVER], Problem("bad_query")),
    ("POST", "/inside?ring=116,43;117,43;117,44", &[], 405, &[ALLOW], Problem("method_not_allowed")),
    ("GET", "/identify?lon=x&lat=1", &[], 400, &[NEVER], Problem("bad_query")),
    ("GET", "/catalog", &[("host", "a b")], 400, &[NEVER], Problem("bad_host")),
    ("GET", "/base,copy", &[], 400, &[NEVER], Problem("shared_layer")),
    ("GET", "/base,photo", &[], 400, &[NEVER], Problem("not_joinable")),
];

#[rustfmt::skip]
const METHODS: &[Row] = &[
    ("HEAD", "/findings/{t}", &[BROWSER], 200, &[MVT, GZIP, VARY, TAG, SHORTLY], Mvt),
    ("HEAD", "/catalog", &[], 200, &[JSON, VARY, TAG], Json),
    ("HEAD", "/catalog", &[("if-none-match", "*")], 304, &[TAG], Nothing),
    ("HEAD", "/nothing", &[], 404, &[NEVER], Problem("unknown_tileset")),
    ("OPTIONS", "/findings/{t}", &[], 204, &[ALLOW], Nothing),
    ("OPTIONS", "/catalog", &[], 204, &[ALLOW], Nothing),
    ("OPTIONS", "/", &[], 204, &[ALLOW], Nothing),
    ("OPTIONS", "/archive/base.pmtiles", &[], 204, &[ALLOW], Nothing),
    ("POST", "/findings/{t}", &[], 405, &[ALLOW, NEVER], Problem("method_not_allowed")),
    ("PUT", "/catalog", &[], 405, &[ALLOW, NEVER], Problem("method_not_allowed")),
    ("DELETE", "/archive/base.pmtiles", &[], 405, &[ALLOW], Problem("method_not_allowed")),
    ("PATCH", "/parcels/ZD02", &[], 405, &[ALLOW], Problem("method_not_allowed")),
    ("POST", "/nothing/at/all", &[], 404, &[NEVER], Problem("not_found")),
];

#[rustfmt::skip]
const ARCHIVES: &[Row] = &[
    ("GET", "/archive/base.pmtiles", &[BROWSER], 200, &[("content-type", "application/vnd.pmtiles"), RANGES, TAG, SHORTLY, PLAIN, NO_VARY, GENERATION], Archive(0)),
    ("GET", "/archive/base.pmtiles?v={g}", &[], 200, &[FOREVER, RANGES], Archive(0)),
    ("GET", "/archive/copy.pmtiles", &[], 200, &[RANGES, TAG, NO_GENERATION], Archive(0)),
    ("HEAD", "/archive/base.pmtiles", &[("range", "bytes=0-6")], 200, &[RANGES, TAG, ("content-range", "-")], Archive(0)),
    ("GET", "/archive/base.pmtiles", &[("range", "bytes=0-6")], 206, &[RANGES, TAG, SHORTLY, ("content-range", "bytes 0-6/{l}")], Archive(7)),
    ("GET", "/archive/base.pmtiles", &[("range", "bytes=0-")], 206, &[("content-range", "*")], Archive(0)),
    ("GET", "/archive/base.pmtiles", &[("range", "bytes=0-99999999999999999999999")], 206, &[("content-range", "*")], Archive(0)),
    ("GET", "/archive/base.pmtiles", &[("range", "bytes=-5")], 206, &[("content-range", "*")], Length(5)),
    ("GET", "/archive/base.pmtiles", &[("range", "bytes=7-7")], 206, &[("content-range", "bytes 7-7/{l}")], Bytes(b"\x03")),
    ("GET", "/archive/base.pmtiles", &[("range", "bytes=99999999-")], 416, &[("content-range", "bytes */{l}"), NEVER], Problem("range_not_satisfiable")),
    ("GET", "/archive/base.pmtiles", &[("range", "bytes=-0")], 416, &[("content-range", "bytes */{l}")], Problem("range_not_satisfiable")),
    ("GET", "/archive/base.pmtiles", &[("range", "bytes=0-1,5-6")], 200, &[("content-range", "-")], Archive(0)),
    ("GET", "/archive/base.pmtiles", &[("range", "bytes=6-5")], 200, &[("content-range", "-")], Archive(0)),
    ("GET", "/archive/base.pmtiles", &[("range", "lines=0-6")], 200, &[("content-range", "-")], Archive(0)),
    ("GET", "/archive/base.pmtiles", &[("range", "bytes=0-6"), ("if-range", "{e}")], 206, &[("content-range", "bytes 0-6/{l}")], Archive(7)),
    ("GET", "/archive/base.pmtiles", &[("range", "bytes=0-6"), ("if-range", "W/{e}")], 200, &[("content-range", "-")], Archive(0)),
    ("GET", "/archive/base.pmtiles", &[("range", "bytes=0-6"), ("if-range", "\"other\"")], 200, &[("content-range", "-")], Archive(0)),
    ("GET", "/archive/base.pmtiles", &[("range", "bytes=0-6"), ("if-range", "Sat, 29 Oct 1994 19:43:31 GMT")], 200, &[], Archive(0)),
    ("GET", "/archive/base.pmtiles", &[("range", "bytes=0-6"), ("if-none-match", "{e}")], 304, &[TAG, SHORTLY, ("content-range", "-")], Nothing),
    ("GET", "/archive/base.pmtiles", &[("if-none-match", "\"other\", W/{e}")], 304, &[TAG], Nothing),
    ("GET", "/archive/photo.pmtiles", &[], 404, &[NEVER], Problem("unknown_tileset")),
    ("GET", "/archive/base,findings.pmtiles", &[], 404, &[NEVER], Problem("unknown_tileset")),
    ("GET", "/archive/nothing.pmtiles", &[], 404, &[NEVER], Problem("unknown_tileset")),
    ("GET", "/archive/base.mbtiles", &[], 404, &[NEVER], Problem("not_found")),
];

#[actix_web::test]
async fn every_row_holds() {
    let city = City::new();
    let state = foreign::state(&city);
    let generation = state.generation();
    let identity = state.foreign.tileset("packed").map(|tileset| tileset.identity.clone()).unwrap_or_default();
    let base = generation.tileset("base").expect("the city has a base map");
    let (length, etag) = (base.entry.bytes.to_string(), format!("\"{}\"", base.entry.sha256));
    let told = |text: &str| {
        text.replace("{t}", &tile_at(14))
            .replace("{g}", generation.id())
            .replace("{p}", &identity)
            .replace("{l}", &length)
            .replace("{e}", &etag)
    };
    let rows: Vec<&Row> = [TILES, DOCUMENTS, METHODS, ARCHIVES].into_iter().flatten().collect();
    let request = |row: &&Row| {
        let (method, path, headers, ..) = **row;
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let request = TestRequest::default().method(method).uri(&told(path));
        let request = request.insert_header((header::HOST, "map.example:8080"));
        headers.iter().fold(request, |request, (name, value)| request.insert_header((*name, told(value))))
    };
    let answers = asked_of(state, rows.iter().map(request).collect()).await;
    let mut broken = Vec::new();
    for (row, answer) in rows.iter().zip(&answers) {
        let (method, path, headers, status, expected, body) = **row;
        let mut wrong = Vec::new();
        if answer.status.as_u16() != status {
            wrong.push(format!("status {}", answer.status.as_u16()));
        }
        for (name, value) in expected {
            let found: Vec<&str> = answer.headers.get_all(*name).filter_map(|value| value.to_str().ok()).collect();
            let is_right = match *value {
                "-" => found.is_empty(),
                "*" => matches!(found[..], [value] if !value.is_empty()),
                value => found == [told(value)],
            };
            if !is_right {
                wrong.push(format!("{name}: {found:?}, not {:?}", told(value)));
            }
        }
        wrong.extend(body_is_wrong(answer, body, base.entry.bytes as usize));
        if !wrong.is_empty() {
            broken.push(format!("{method} {path} {headers:?}: {}", wrong.join("; ")));
        }
    }
    assert!(broken.is_empty(), "{} of {} rows:\n{}", broken.len(), rows.len(), broken.join("\n"));
}

/// What is wrong with a body.
fn body_is_wrong(answer: &Answer, expected: Body, archive: usize) -> Option<String> {
    let bytes = match answer.header("content-encoding") {
        "gzip" => gunzipped(&answer.body),
        "br" => {
            let mut out = Vec::new();
            let decompressed = brotli::BrotliDecompress(&mut &answer.body[..], &mut out);
            decompressed.map(|()| out).unwrap_or_default()
        }
        "zstd" => zstd::stream::decode_all(&answer.body[..]).unwrap_or_default(),
        _ => answer.body.clone(),
    };
    let problem = |code: &str| {
        let problem: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let is_whole = answer.header("content-type") == "application/problem+json"
            && problem["status"] == answer.status.as_u16()
            && ["type", "title", "detail"]
                .iter()
                .all(|name| problem[name].as_str().is_some_and(|text| !text.is_empty()));
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        let leaks = ["/tmp", "src/", "sqlite", "panicked", "os error", ".pmtiles", ".gpkg"];
        is_whole && problem["code"] == code && bytes.len() < 1000 && !leaks.iter().any(|leak| text.contains(leak))
    };
    let is_right = match expected {
        Nothing => bytes.is_empty(),
        // Field 3, length-delimited: a layer (MVT 2.1 §4.1).
        Mvt => bytes.first() == Some(&0x1a),
        Bytes(expected) => bytes == expected,
        Json => serde_json::from_slice::<Value>(&bytes).is_ok(),
        Text => std::str::from_utf8(&bytes).is_ok_and(|text| !text.is_empty()),
        Problem(code) => problem(code),
        Archive(0) => bytes.starts_with(b"PMTiles") && bytes.len() == archive,
        Archive(length) => b"PMTiles\x03".starts_with(&bytes) && bytes.len() == length,
        Length(0) => !bytes.is_empty(),
        Length(length) => bytes.len() == length,
        Png => bytes.starts_with(b"\x89PNG\r\n\x1a\n"),
    };
    (!is_right)
        .then(|| format!("body is not {expected:?}: {:?}", String::from_utf8_lossy(&bytes[..bytes.len().min(200)])))
}

#[actix_web::test]
async fn a_tag_is_of_one_representation_and_stays_with_it() {
    let city = City::new();
    let path = format!("/findings/{}", tile_at(14));
    let codings = ["identity", "gzip", "br", "zstd"];
    for path in [path.as_str(), "/catalog", "/base,findings/0/0/0", "/main.js"] {
        let ask = |coding: &str, tag: Option<String>| {
            let request = TestRequest::get().uri(path).insert_header((header::HOST, "a.example"));
            let request = request.insert_header((header::ACCEPT_ENCODING, coding.to_owned()));
            tag.into_iter().fold(request, |request, tag| request.insert_header((header::IF_NONE_MATCH, tag)))
        };
        let first = asked_of(foreign::state(&city), codings.map(|coding| ask(coding, None)).into()).await;
        if first[0].status == 204 {
            continue;
        }
        let tags: Vec<String> = first.iter().map(|answer| answer.header("etag").to_owned()).collect();
        let distinct: std::collections::BTreeSet<&String> = tags.iter().collect();
        assert_eq!(distinct.len(), 4, "{path}: {tags:?}");
        assert!(tags.iter().all(|tag| tag.starts_with('"') && tag.ends_with('"')), "strong: {tags:?}");
        let again = codings.iter().zip(&tags).map(|(coding, tag)| ask(coding, Some(format!("\"x\" , W/{tag}"))));
        let other = codings.iter().zip(tags.iter().cycle().skip(1)).map(|(coding, tag)| ask(coding, Some(tag.clone())));
        let answers = asked_of(foreign::state(&city), again.chain(other).collect()).await;
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
        assert_eq!(statuses, [304, 304, 304, 304, 200, 200, 200, 200], "{path}");
        for (answer, tag) in answers[..4].iter().zip(&tags) {
            assert_eq!((answer.header("etag"), answer.header("vary")), (tag.as_str(), "Accept-Encoding"));
        }
        for (answer, first) in answers[4..].iter().zip(&first) {
            assert!(answer.body == first.body, "{path}: the same tag, the same bytes");
        }
    }
}

#[actix_web::test]
async fn how_long_tiles_are_kept_can_be_said_for_each_tileset() {
    let city = City::new();
    let mut policies = CachePolicies::default();
    let often = CachePolicy { max_age_s: 5, stale_while_revalidate_s: 0, stale_if_error_s: 0 };
    policies.tilesets.insert("base".to_owned(), often);
    policies.documents = CachePolicy { max_age_s: 1, ..often };
    let get = |path: String| TestRequest::get().uri(&path).insert_header((header::HOST, "a.example"));
    let tile = tile_at(14);
    let paths = [
        format!("/base/{tile}"),
        format!("/findings/{tile}"),
        format!("/findings,base/{tile}"),
        "/archive/base.pmtiles".to_owned(),
        "/catalog".to_owned(),
    ];
    let state = foreign::state(&city).with_policies(policies);
    let answers = asked_of(state, paths.map(get).into()).await;
    let kept: Vec<&str> = answers.iter().map(|answer| answer.header("cache-control")).collect();
    let long = SHORTLY.1;
    assert_eq!(kept, ["max-age=5", long, "max-age=5", "max-age=5", "max-age=1"]);
}
