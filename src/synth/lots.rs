//! A block cut into parcels.
//!
//! In: a block with its texture. Out: the block's [`Mesh`] of faces, each with the part it plays. Cuts are straight; borders get
//! crooked in [`super::bends`].

use super::convex::Extents;
use super::fabric::{Lots, Parts, Texture};
use super::frame::{Frame, Metres, Node};
use super::mesh::{Mesh, Snap};
use super::rng::Rng;
use super::streets::Block;

/// No two vertices of a border are made nearer than this, metres.
const NEAREST_M: f64 = 0.6;

/// Cuts a block; `None` where the outline is too small or too thin for the lattice.
pub(super) fn cut_block(block: &Block, frame: Frame, rng: &mut Rng) -> Option<Mesh> {
    let outline = outline_nodes(&block.outline, frame);
    let whole = Mesh::new(frame, &outline);
    if !whole.is_sound() {
        return None;
    }
    let mut mesh = Mesh::new(frame, &outline);
    match block.texture {
        Texture::Lots(lots) => {
            lay_rows(&mut mesh, lots, rng);
            enclose_some(&mut mesh, lots.enclave, rng);
        }
        Texture::Large(parts) | Texture::Fields(parts) => {
            halve(&mut mesh, 0, parts, rng);
            enclose_some(&mut mesh, parts.enclave, rng);
        }
    }
    Some(if mesh.is_sound() { mesh } else { whole })
}

/// The outline on the lattice without vertices nearer than [`NEAREST_M`].
fn outline_nodes(outline: &[Metres], frame: Frame) -> Vec<Node> {
    let mut kept: Vec<Metres> = Vec::with_capacity(outline.len());
    for p in outline {
        let near = |q: &Metres| q.to(*p).length() < NEAREST_M;
        if !kept.last().is_some_and(near) && !kept.first().is_some_and(near) {
            kept.push(*p);
        }
    }
    kept.into_iter().map(|p| frame.node(p)).collect()
}

fn snap(align: bool, align_m: f64) -> Snap {
    Snap {
        always_m: NEAREST_M,
        align_m,
        align,
    }
}

fn extents(mesh: &Mesh, face: usize) -> Extents {
    let outline: Vec<Metres> = mesh.outer(face).into_iter().map(|n| mesh.frame.metres(n)).collect();
    Extents::of(&outline)
}

fn area(mesh: &Mesh, face: usize) -> f64 {
    mesh.frame.area(&mesh.outer(face))
}

/// Rows one above the other, with a common yard above one of them in some blocks.
fn lay_rows(mesh: &mut Mesh, lots: &Lots, rng: &mut Rng) {
    let size = extents(mesh, 0);
    let ranks = (size.width / lots.depth_m).round().clamp(1.0, 6.0) as usize;
    let yard_above = if rng.chance(lots.core) {
        1 + (rng.unit() * (ranks - 1) as f64) as usize
    } else {
        ranks
    };
    let mut rows = Vec::new();
    for rank in 1..ranks {
        let place = (rank as f64 + rng.between(-0.16, 0.16)) / ranks as f64;
        let along = size.turned(0.015 * rng.normal());
        let half = if rank == yard_above {
            rng.between(lots.core_m.0, lots.core_m.1) / size.width / 2.0
        } else {
            0.0
        };
        // What lies left of a cut, above it, stays face 0.
        rows.extend(mesh.cut(0, size.point(0.5, place - half), along, snap(false, 0.0)));
        if half > 0.0 {
            mesh.cut(0, size.point(0.5, place + half), along, snap(false, 0.0));
        }
    }
    rows.push(0);
    for row in rows {
        slice(mesh, row, lots, size.axis, rng);
    }
}

/// Cuts lots off a row from one end, each of a drawn area.
fn slice(mesh: &mut Mesh, mut row: usize, lots: &Lots, axis: Metres, rng: &mut Rng) {
    loop {
        let reach = mesh.outer(row).into_iter().map(|n| axis.dot(mesh.frame.metres(n)));
        let (low, high) = reach.fold((f64::MAX, f64::MIN), |(l, h), r| (l.min(r), h.max(r)));
        let length = high - low;
        let depth = (area(mesh, row) / length.max(1.0)).max(4.0);
        let width = (rng.log_normal(lots.median_m2, lots.sigma) / depth).clamp(4.0, 4.0 * depth);
        // The lot lies left of the cut and keeps its face, the rest of the row right of it.
        let along = axis.left().plus(axis, 0.03 * rng.normal()).unit();
        let at = Metres {
            x: axis.x * (low + width),
            y: axis.y * (low + width),
        };
        let at = at.plus(axis.left(), mid_across(mesh, row, axis));
        let aligned = snap(rng.chance(lots.align), 0.45 * width);
        let rest = if length < 1.5 * width {
            None
        } else {
            mesh.cut(row, at, along, aligned)
        };
        carve(mesh, row, lots, axis, rng);
        match rest {
            Some(rest) => row = rest,
            None => return,
        }
    }
}

/// The middle of a face's reach across an axis.
fn mid_across(mesh: &Mesh, face: usize, axis: Metres) -> f64 {
    let reach = mesh
        .outer(face)
        .into_iter()
        .map(|n| axis.left().dot(mesh.frame.metres(n)));
    let (low, high) = reach.fold((f64::MAX, f64::MIN), |(l, h), r| (l.min(r), h.max(r)));
    (low + high) / 2.0
}

/// Parts a small piece off the front or the back of some lots.
fn carve(mesh: &mut Mesh, lot: usize, lots: &Lots, axis: Metres, rng: &mut Rng) {
    if !rng.chance(lots.carve) {
        return;
    }
    let outline: Vec<Metres> = mesh.outer(lot).into_iter().map(|n| mesh.frame.metres(n)).collect();
    let across = axis.left();
    let (low, high) = outline.iter().fold((f64::MAX, f64::MIN), |(l, h), p| {
        (l.min(p.dot(across)), h.max(p.dot(across)))
    });
    let total = area(mesh, lot);
    let share = rng.log_normal(lots.carve_m2, 0.5) / total.max(1.0);
    if share > 0.6 || (high - low) * share < 0.9 {
        return;
    }
    let share = if rng.chance(0.5) { share } else { 1.0 - share };
    let Some(first) = outline.first() else { return };
    let at = first.plus(across, low + (high - low) * share - first.dot(across));
    mesh.cut(lot, at, axis.plus(across, 0.02 * rng.normal()).unit(), snap(false, 0.0));
}

/// Halves a face until its parts are about as large as drawn.
fn halve(mesh: &mut Mesh, face: usize, parts: &Parts, rng: &mut Rng) {
    if area(mesh, face) < 1.5 * rng.log_normal(parts.median_m2, parts.sigma) {
        return;
    }
    let size = extents(mesh, face);
    if size.length < 12.0 {
        return;
    }
    let at = size.point(rng.between(0.3, 0.7), 0.5);
    let along = size.turned(0.12 * rng.normal()).left();
    let aligned = snap(rng.chance(parts.align), 0.2 * size.length);
    if let Some(other) = mesh.cut(face, at, along, aligned) {
        halve(mesh, face, parts, rng);
        halve(mesh, other, parts, rng);
    }
}

/// Encloses a small parcel in a share of the faces.
fn enclose_some(mesh: &mut Mesh, share: f64, rng: &mut Rng) {
    for face in 0..mesh.faces() {
        if rng.chance(share) {
            enclose(mesh, face, rng);
        }
    }
}

fn enclose(mesh: &mut Mesh, face: usize, rng: &mut Rng) {
    let outline: Vec<Metres> = mesh.outer(face).into_iter().map(|n| mesh.frame.metres(n)).collect();
    let n = outline.len();
    let sum = outline.iter().fold(Metres { x: 0.0, y: 0.0 }, |s, p| s.plus(*p, 1.0));
    let centre = Metres {
        x: sum.x / n as f64,
        y: sum.y / n as f64,
    };
    let clear = (0..n)
        .map(|i| outline[i].to(outline[(i + 1) % n]).unit().cross(outline[i].to(centre)))
        .fold(f64::MAX, f64::min);
    let radius = (clear / 2.0).min(rng.log_normal(6.0, 0.5));
    if radius < 1.5 {
        return;
    }
    let u = Extents::of(&outline).turned(rng.between(-0.5, 0.5));
    let (a, b) = (radius * rng.between(0.6, 1.0), radius * rng.between(0.6, 1.0));
    let corner = |x: f64, y: f64| mesh.frame.node(centre.plus(u, x).plus(u.left(), y));
    let ring = [corner(-a, -b), corner(a, -b), corner(a, b), corner(-a, b)];
    let inner = mesh.enclose(face, &ring);
    if a > 4.0 && rng.chance(0.3) {
        mesh.cut(inner, centre, u.left(), snap(false, 0.0));
    }
}
