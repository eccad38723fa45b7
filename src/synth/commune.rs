//! One fictive commune, from its rectangle to its parcels.
//!
//! In: its number in the territory. Out: its parcels, block by block. A commune depends on the seed and its number alone, so a
//! territory is made in a stream and only one commune is held at a time.

use super::attributes::{BlockCharacter, contenance};
use super::bends::bend_all;
use super::exact::doubled_area;
use super::fabric::Profile;
use super::frame::{Frame, Metres, Node};
use super::ident::Numbering;
use super::lots::cut_block;
use super::mesh::Mesh;
use super::parcel::{Parcel, Position};
use super::rng::Rng;
use super::streets::{Block, blocks};

/// Where a commune lies: its south-western corner in lattice units, and its size.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub corner: Position,
    pub width_m: f64,
    pub height_m: f64,
}

/// Streets between communes, metres: half of it along each side.
const BOUNDARY_M: f64 = 12.0;

/// Makes the parcels of a commune; `rng` is the commune's own stream.
pub(super) fn make(place: Place, code: String, profile: &'static Profile, rng: &mut Rng) -> Vec<Parcel> {
    let frame = Frame::at(place.corner.lat());
    let (low, right, top) = (
        BOUNDARY_M / 2.0,
        place.width_m - BOUNDARY_M / 2.0,
        place.height_m - BOUNDARY_M / 2.0,
    );
    let outline = [(low, low), (right, low), (right, top), (low, top)]
        .map(|(x, y)| Metres { x, y })
        .to_vec();
    let mut numbering = Numbering::new(code);
    let mut parcels = Vec::new();
    for block in blocks(outline, profile, rng) {
        if let Some(mut mesh) = cut_block(&block, frame, rng) {
            bend_all(&mut mesh, profile.bends, rng);
            register(&mesh, &block, place, profile, &mut numbering, rng, &mut parcels);
            numbering.block_ends();
        }
    }
    parcels
}

/// Turns the faces of a block into parcels.
fn register(
    mesh: &Mesh,
    block: &Block,
    place: Place,
    profile: &Profile,
    numbering: &mut Numbering,
    rng: &mut Rng,
    out: &mut Vec<Parcel>,
) {
    let character = BlockCharacter::draw(block.texture, rng);
    for face in 0..mesh.faces() {
        let rings: Vec<Vec<Node>> = mesh.rings(face).iter().map(|r| mesh.nodes_of(r)).collect();
        let doubled: i64 = rings.iter().map(|r| doubled_area(r)).sum();
        let area_m2 = doubled as f64 * 0.5 * mesh.frame.metres_per_x * mesh.frame.metres_per_y;
        let (id, section, numero) = numbering.next();
        let proprietaire = character.owner(rng);
        out.push(Parcel {
            id,
            commune: numbering.commune().to_owned(),
            section,
            numero,
            contenance: contenance(area_m2, profile.fiscal_gaps, rng),
            proprietaire,
            statut: character.status(proprietaire, rng),
            zone: character.zone(),
            rings: rings.iter().map(|r| closed(r, place.corner)).collect(),
        });
    }
}

fn closed(ring: &[Node], corner: Position) -> Vec<Position> {
    ring.iter()
        .chain(ring.first())
        .map(|n| Position {
            lon_e7: corner.lon_e7 + n.x,
            lat_e7: corner.lat_e7 + n.y,
        })
        .collect()
}
