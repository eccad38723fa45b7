//! Reading on one thread, checking on another, taking in on a third.
//!
//! ```text
//! reader ─ batches of rows ─▶ prepare ─▶ intake ─ ids ─ base file
//!        ◀─────────── empty batches ─────┘
//! ```
//! Batches are used again, so that a layer of any size needs the memory of a few thousand rows
//! between them.

use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, SyncSender};

use super::error::LoadError;
use super::forms::{Form, Verdict};
use super::intake::{Intake, IntakeError, Taken};
use super::job::Settings;
use super::plausible::Origin;
use super::prepare;
use super::report::Fault;
use crate::model::crs::Crs;
use crate::model::feature::FieldType;
use crate::model::role::guess_role;
use crate::model::row::{Row, RowNotes, Shape};

/// Rows per batch: few enough for the caches, many enough that waking the next thread costs little of it.
const BATCH: usize = 1024;

/// Rows after which what is read so far tells how much is to come.
const FORESEEN_AFTER: usize = 4096;

/// Room is made for more than foreseen: what is not written to costs nothing, what is too small is copied whole.
const SPARE: f64 = 1.3;

/// Full batches that may wait.
const WAITING: usize = 4;

/// What a layer begins with.
pub(super) struct Setup {
    /// The CRS of its coordinates.
    pub(super) crs: Crs,
    /// Whether the source says so; else it is assumed, and checked.
    pub(super) crs_known: bool,
    /// Whether features are expected to have a place.
    pub(super) placed: bool,
    /// The declared fields.
    pub(super) fields: Vec<(String, FieldType)>,
}

/// What it ends with.
pub(super) struct Finish {
    pub(super) layer: String,
    pub(super) settings: Settings,
    pub(super) geometry_column: String,
    pub(super) base: PathBuf,
    /// Memory that may be set aside for what is foreseen.
    pub(super) room_bytes: u64,
}

/// Why a reader stopped before the end.
pub(super) enum Stop {
    /// It can't go on.
    Error(LoadError),
    /// It has to begin again, knowing more.
    Again,
    /// The intake stopped; it says why.
    Gone,
}

/// Why a layer was not taken in.
pub(super) enum Failed {
    Read(Stop),
    Intake(IntakeError),
}

/// Some rows, and what was met between them.
#[derive(Default)]
pub(super) struct Batch {
    rows: Vec<(Row, RowNotes)>,
    /// Which of the rows need nothing but to be stored; none where nobody looked.
    sound: Vec<bool>,
    used: usize,
    new_fields: Vec<String>,
    faults: Vec<Fault>,
    /// How much of the source is read, from 0 to 1, where that is known.
    share: Option<f64>,
    last: bool,
}

impl Batch {
    /// Has each shape looked at, and keeps which are sound.
    pub(super) fn prepare(&mut self, mut is_sound: impl FnMut(&mut Shape) -> bool) {
        self.sound.clear();
        let rows = self.rows[..self.used].iter_mut();
        self.sound.extend(rows.map(|(row, _)| is_sound(&mut row.shape)));
    }
}

/// Where a reader puts its rows.
pub(super) struct Sink {
    batch: Batch,
    full: SyncSender<Batch>,
    empty: Receiver<Batch>,
}

impl Sink {
    /// The row that is filled next; it may hold what was there before.
    pub(super) fn row(&mut self) -> &mut Row {
        if self.batch.used == self.batch.rows.len() {
            self.batch.rows.push(Default::default());
        }
        &mut self.batch.rows[self.batch.used].0
    }

    /// Passes the filled row on.
    pub(super) fn push(&mut self, notes: RowNotes) -> Result<(), Stop> {
        self.batch.rows[self.batch.used].1 = notes;
        self.batch.used += 1;
        if self.batch.used == BATCH { self.send() } else { Ok(()) }
    }

    /// Adds a field to those known; rows of this batch may use it.
    pub(super) fn add_field(&mut self, name: &str) {
        self.batch.new_fields.push(name.to_owned());
    }

    /// Says how much of the source is read.
    pub(super) fn share(&mut self, done: u64, total: u64) {
        if done > 0 && done <= total {
            self.batch.share = Some(done as f64 / total as f64);
        }
    }

    /// Adds a fault of the layer.
    pub(super) fn fault(&mut self, fault: Fault) {
        self.batch.faults.push(fault);
    }

    fn send(&mut self) -> Result<(), Stop> {
        let next = self.empty.try_recv().unwrap_or_default();
        let batch = std::mem::replace(&mut self.batch, next);
        self.full.send(batch).map_err(|_| Stop::Gone)
    }
}

/// Runs a reader and takes in what it gives.
pub(super) fn take_in(
    setup: Setup,
    finish: Finish,
    read: impl FnOnce(&mut Sink) -> Result<(), Stop>,
) -> Result<Taken, Failed> {
    let (full, to_prepare) = mpsc::sync_channel(WAITING);
    let (prepared, batches) = mpsc::sync_channel(WAITING);
    let (used, empty) = mpsc::channel();
    let crs = setup.crs.clone();
    std::thread::scope(|scope| {
        scope.spawn(move || prepare::run(&crs, &to_prepare, &prepared));
        let intake = scope.spawn(move || take_batches(setup, finish, &batches, &used));
        let mut sink = Sink {
            batch: Batch::default(),
            full,
            empty,
        };
        let end = read(&mut sink).and_then(|()| {
            sink.batch.last = true;
            sink.send()
        });
        drop(sink);
        // The intake's own error is the cause where the reader only found it gone.
        match (end, intake.join()) {
            (Err(stop @ (Stop::Error(_) | Stop::Again)), _) => Err(Failed::Read(stop)),
            (_, Ok(Err(error))) => Err(Failed::Intake(error)),
            (Ok(()), Ok(Ok(Some(taken)))) => Ok(taken),
            _ => Err(Failed::Read(Stop::Gone)),
        }
    })
}

/// Takes batches until the last; `None` where the reader ended before it.
fn take_batches(
    setup: Setup,
    finish: Finish,
    batches: &Receiver<Batch>,
    used: &mpsc::Sender<Batch>,
) -> Result<Option<Taken>, IntakeError> {
    let mut intake = Intake::new(setup.crs, setup.placed)?;
    intake.declare_fields(&setup.fields);
    let mut form = Form::of(&intake.builder);
    form.open_years(&mut intake.builder);
    let mut foreseen = false;
    for mut batch in batches {
        if let Some(share) = batch.share.take()
            && !foreseen
            && intake.builder.rows() >= FORESEEN_AFTER
        {
            foreseen = true;
            intake.builder.reserve_for(SPARE / share, finish.room_bytes);
        }
        for name in batch.new_fields.drain(..) {
            intake.builder.field(&name);
        }
        for fault in batch.faults.drain(..) {
            intake.faults.add(fault.kind, || fault);
        }
        let sound = batch.sound.drain(..).chain(std::iter::repeat(false));
        for ((row, notes), sound) in batch.rows[..batch.used].iter_mut().zip(sound) {
            if form.read(row, &mut intake) == Verdict::Take {
                intake.note(notes);
                intake.take(row, sound)?;
            }
        }
        if batch.last {
            intake.settle_crs(match (&finish.settings.crs, setup.crs_known) {
                (Some(_), _) => Origin::Settings,
                (None, true) => Origin::Source,
                (None, false) => Origin::Assumed,
            })?;
            if !setup.crs_known && setup.placed {
                intake.say_assumed_crs();
            }
            let fields = intake.builder.fields();
            let names: Vec<&str> = fields.iter().map(|f| f.name.as_str()).collect();
            let role = finish.settings.role.or_else(|| guess_role(&finish.layer, &names));
            let id_field = finish.settings.id_field.as_deref();
            return intake
                .finish(&finish.layer, id_field, role, &finish.geometry_column, &finish.base)
                .map(Some);
        }
        batch.used = 0;
        // Nobody takes it where the reader has ended.
        let _ = used.send(batch);
    }
    Ok(None)
}
