//! Whole archives, or any part of them: what `pmtiles://` clients read instead of single tiles.

use std::ops::Range;
use std::sync::Arc;

use actix_web::body::{BoxBody, SizedStream};
use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream::{self, Stream};
use tiler::Archive;

use super::openapi::{Binary, Missing};
use super::policy::Keep;
use super::ranges::{Wanted, wanted};
use super::respond::{Answer, is_known};
use super::selection::{Source, selected, version};
use super::tiles::{asked_for, is_versioned};
use crate::error::{ApiError, Problem};
use crate::mapped;
use crate::state::AppState;

/// Media type of a PMTiles archive (IANA).
const PMTILES: HeaderValue = HeaderValue::from_static("application/vnd.pmtiles");

/// A whole tileset as one file, or a part of it; of several ranges it is the whole
#[utoipa::path(
    get, path = "/archive/{tileset}.pmtiles", tag = "tiles",
    params(
        ("tileset" = String, Path, description = "One tileset that is kept as PMTiles", example = "findings"),
        ("v" = Option<String>, Query, description = "The version, as TileJSON has it: then it may be kept for good"),
        ("Range" = Option<String>, Header, description = "One range of bytes", example = "bytes=0-16383"),
        ("If-Range" = Option<String>, Header, description = "The ETag of which a part is wanted"),
    ),
    responses(
        (status = 200, description = "The file (PMTiles v3)", body = Binary, content_type = "application/vnd.pmtiles"),
        (status = 206, description = "A part of it", body = Binary, content_type = "application/vnd.pmtiles"),
        (status = 416, description = "It has none of these bytes", body = Problem, content_type = "application/problem+json"),
        Missing
    )
)]
pub(super) async fn archive(
    request: HttpRequest,
    id: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let generation = asked_for(request.query_string(), &state);
    let unknown = || ApiError::UnknownTileset(id.clone());
    // A list is no archive.
    let source = (!id.contains(',')).then(|| selected(&id, &generation, &state.foreign)).ok_or_else(unknown)??;
    let [source] = source[..] else { return Err(unknown()) };
    let (archive, tag) = match source {
        Source::Built(tileset) => (&tileset.archive, &tileset.entry.sha256),
        Source::Foreign(tileset) => (tileset.pmtiles()?.ok_or_else(unknown)?, &tileset.identity),
    };
    let is_immutable = is_versioned(request.query_string(), &version(&[source], generation.id()));
    let answer = Answer {
        keep: if is_immutable { Keep::Forever } else { Keep::For(state.policies.of([source.id()])) },
        generation: matches!(source, Source::Built(_)).then_some(&*generation),
        ..Answer::document(&state, PMTILES)
    };
    respond(&request, &answer, archive, &format!("\"{tag}\""))
}

fn respond(
    request: &HttpRequest,
    answer: &Answer<'_>,
    archive: &Arc<Archive>,
    etag: &str,
) -> Result<HttpResponse, ApiError> {
    if is_known(request.headers(), etag) {
        return Ok(answer.not_modified(etag, false));
    }
    let length = archive.length();
    // §14.2: `Range` means something with GET alone.
    let asked = if request.method() == Method::GET { wanted(request.headers(), length, etag) } else { Wanted::Whole };
    let (status, part) = match asked {
        Wanted::Whole => (StatusCode::OK, 0..length),
        Wanted::Part(first, last) => (StatusCode::PARTIAL_CONTENT, first..last + 1),
        Wanted::Nothing => return Err(ApiError::RangeNotSatisfiable { length }),
    };
    let mut response = answer.tagged_head(status, etag);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, answer.mime.clone());
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if status == StatusCode::PARTIAL_CONTENT {
        let range = format!("bytes {}-{}/{length}", part.start, part.end - 1);
        headers.insert(header::CONTENT_RANGE, HeaderValue::try_from(range).map_err(ApiError::internal)?);
    }
    let bytes = part.end - part.start;
    Ok(response.set_body(BoxBody::new(SizedStream::new(bytes, chunks(archive, part)))))
}

/// The part in pieces, each taken from the map when the one before is on its way.
fn chunks(archive: &Arc<Archive>, part: Range<u64>) -> impl Stream<Item = Result<Bytes, std::io::Error>> + 'static {
    /// As much as the HTTP library takes at once.
    const CHUNK: usize = 64 << 10;
    let archive = Arc::clone(archive);
    // The map is in memory's address space, and so is every part of it.
    let (from, to) = (part.start as usize, part.end as usize);
    let pieces = (from..to).step_by(CHUNK).map(move |at| Ok(mapped::part(&archive, at..to.min(at + CHUNK))));
    stream::iter(pieces)
}
