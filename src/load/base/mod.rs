//! The base file: a layer's features as flat arrays, the same bytes in memory and on disk.
//!
//! Written once by the loading process ([`Builder`]), mapped by the server (`store::base`), never
//! modified. Rows stand in the layer's order, which is that of their ids.
//!
//! ```text
//! magic · section · section · … · directory (JSON) · footer
//!                                                    ├ directory offset, length  u64 LE ×2
//!                                                    ├ BLAKE3 of the directory, which has that of each section  32 bytes
//!                                                    └ magic
//! ```
//! Sections are little-endian arrays aligned to 64 bytes:
//!
//! | section | holds |
//! |---|---|
//! | `kind` | u8 per row, [`GeometryKind`](crate::model::geometry::GeometryKind) |
//! | `parts`, `rings`, `points` | u32 offsets: row → parts → rings → points, one more than there are |
//! | `coords` | f64 ×2 per point, storage CRS |
//! | `world` | u32 ×2 per point, world grid |
//! | `index` | packed Hilbert R-tree over the world boxes of the rows that have a place |
//! | `placed` | u32 row per index item |
//! | `id.int`, or `id.offsets` + `id.bytes` | ids, ascending |
//! | `mvt` | u64 per row, only where ids are text or negative |
//! | `c<i>.valid` | a bit per row, absent where every row has a value |
//! | `c<i>.int`, `.float`, `.bool` | i64, f64, u8 per row |
//! | `c<i>.offsets` + `.bytes` | text per row |
//! | `c<i>.codes` + `.offsets` + `.bytes` | u32 code per row into a dictionary of texts |
//!
//! Not here: edits (the overlay), who may see what (the view).

mod build;
mod column;
mod extent;
mod hash;
mod order;
mod sections;
mod write;

use serde::{Deserialize, Serialize};

pub use build::{Builder, Cell, Full};
pub use extent::extent_of;
pub use hash::{feature_digest, feature_hash, mvt_id_of};
pub use order::{Order, order_of};
pub use write::{WriteError, write, write_ordered};

use crate::model::crs::{Crs, LonLatBox};
use crate::model::feature::Field;
use crate::model::world::WorldBox;

/// First and last eight bytes of a base file.
pub const MAGIC: [u8; 8] = *b"TERRIL\x00\x01";

/// The number of this data format; part of every version, so that a new one invalidates old files.
pub const FORMAT: u32 = 3;

/// Bytes of the footer.
pub const FOOTER_BYTES: usize = 8 + 8 + 32 + 8;

/// Sections start at multiples of this.
pub const ALIGNMENT: usize = 64;

/// What a base file says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Directory {
    /// [`FORMAT`].
    pub format: u32,
    /// Rows.
    pub rows: u32,
    /// Fields in source order.
    pub fields: Vec<Field>,
    /// The CRS of `coords`.
    pub crs: Crs,
    /// The box of all rows on the world grid; absent where none has a place.
    pub area: Option<WorldBox>,
    /// The box of all rows in degrees: to the bit where `coords` are in CRS84, else within 2 cm.
    pub extent: Option<LonLatBox>,
    /// Sum of the rows' feature hashes, in hexadecimal.
    pub content: String,
    /// The field that ids were taken from; absent where they are the format's own or derived.
    pub id_field: Option<String>,
    /// The source's name for its geometry, `geometry` where it has none.
    pub geometry_column: String,
    /// Name, offset and length in bytes of each section.
    pub sections: Vec<Section>,
}

/// Where a section lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Its name.
    pub name: String,
    /// Bytes from the start of the file.
    pub offset: u64,
    /// Bytes.
    pub length: u64,
    /// BLAKE3 of these bytes, in hexadecimal.
    pub checksum: String,
}
