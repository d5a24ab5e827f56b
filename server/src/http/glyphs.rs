//! Characters of fonts, for clients that do not draw text with fonts of their own.

use actix_web::http::header::HeaderValue;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use styles::{GlyphRange, glyph_range};

use super::openapi::{Binary, Refused};
use super::respond::Answer;
use crate::cache::Key;
use crate::error::ApiError;
use crate::state::AppState;

const PBF: HeaderValue = HeaderValue::from_static("application/x-protobuf");

/// 256 characters of a stack of fonts; `.pbf` may follow. A range that no font has is empty
#[utoipa::path(
    get, path = "/font/{fontstack}/{range}", tag = "styles",
    params(
        ("fontstack" = String, Path, description = "Names of fonts, joined by commas; each character comes from the first that has it", example = "Noto Sans CJK SC"),
        ("range" = String, Path, description = "From a multiple of 256 on",
            pattern = r"^[0-9]{1,7}-[0-9]{1,7}(\.pbf)?$", example = "0-255"),
    ),
    responses((status = 200, description = "Signed distance fields", body = Binary, content_type = "application/x-protobuf"), Refused)
)]
pub(super) async fn glyphs(
    request: HttpRequest,
    path: Path<(String, String)>,
    state: Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let (stack, range) = path.into_inner();
    let range = range.strip_suffix(".pbf").unwrap_or(&range);
    let not_a_range = || ApiError::BadQuery("a range of characters is 0-255, 256-511 and so on".to_owned());
    let range = GlyphRange::of(range).ok_or_else(not_a_range)?;
    let fonts = state.fonts.clone();
    let key = Key::Glyphs { stack: stack.clone(), range };
    let bytes = state.computed.get(key, move || Ok(glyph_range(fonts.get(), &stack, range).into())).await?;
    Answer::document(&state, PBF).plain(&request, bytes).await
}
