//! The images that styles draw with.

use std::sync::LazyLock;

use actix_web::http::header::HeaderValue;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use styles::{SPRITE, SpriteSheet, sprite_sheet};
use xxhash_rust::xxh3::xxh3_128;

use super::coding::Coding;
use super::openapi::{Binary, Missing};
use super::respond::{Answer, JSON, tagged};
use crate::error::ApiError;
use crate::state::AppState;

/// The sheets at 1× and 2×, drawn when the first client asks.
static SHEETS: LazyLock<[SpriteSheet; 2]> = LazyLock::new(|| [sprite_sheet(1), sprite_sheet(2)]);

/// A sheet of images, or where each is on it
#[utoipa::path(
    get, path = "/sprite/{sprite}", tag = "styles",
    params(("sprite" = String, Path, description = "`ID.json` and `ID.png`, or `ID@2x.json` and `ID@2x.png`", example = "tuban.json")),
    responses(
        (status = 200, description = "The index or the sheet", content((Object = "application/json"), (Binary = "image/png"))),
        Missing
    )
)]
pub(super) async fn sprite(
    request: HttpRequest,
    name: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let unknown = || ApiError::UnknownSprite(name.to_string());
    let (sheet, form) = name.rsplit_once('.').ok_or_else(unknown)?;
    let (id, scale) = sheet.strip_suffix("@2x").map_or((sheet, 0), |id| (id, 1));
    if id != SPRITE {
        return Err(unknown());
    }
    let sheets = actix_web::web::block(|| &*SHEETS).await.map_err(ApiError::internal)?;
    let SpriteSheet { png, index } = &sheets[scale];
    match form {
        "json" => Answer::document(&state, JSON).value(&request, index).await,
        "png" => {
            let etag = tagged(xxh3_128(png), Coding::Identity);
            Ok(Answer::document(&state, HeaderValue::from_static("image/png")).uncoded(
                request.headers(),
                Bytes::from_static(png),
                &etag,
            ))
        }
        _ => Err(unknown()),
    }
}
