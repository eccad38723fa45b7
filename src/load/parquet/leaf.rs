//! One stored column of a row group: its values one after another, with their levels.

use ::parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use ::parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DoubleType, FixedLenByteArray, FixedLenByteArrayType, FloatType, Int32Type,
    Int64Type, Int96, Int96Type,
};
use ::parquet::errors::ParquetError;
use ::parquet::file::reader::RowGroupReader;

use super::logic::Raw;
use super::{ParquetFault, guarded, words};

/// Rows that are decoded at a time.
const BATCH: usize = 1024;

/// The decoder and the values that it gave last.
enum Data {
    Bool(ColumnReaderImpl<BoolType>, Vec<bool>),
    I32(ColumnReaderImpl<Int32Type>, Vec<i32>),
    I64(ColumnReaderImpl<Int64Type>, Vec<i64>),
    I96(ColumnReaderImpl<Int96Type>, Vec<Int96>),
    F32(ColumnReaderImpl<FloatType>, Vec<f32>),
    F64(ColumnReaderImpl<DoubleType>, Vec<f64>),
    Bytes(ColumnReaderImpl<ByteArrayType>, Vec<ByteArray>),
    Fixed(ColumnReaderImpl<FixedLenByteArrayType>, Vec<FixedLenByteArray>),
}

/// See the module.
pub(super) struct Leaf {
    name: String,
    data: Data,
    /// The definition level of a value that is there.
    whole: i16,
    definitions: Vec<i16>,
    repetitions: Vec<i16>,
    levels: usize,
    level: usize,
    value: usize,
}

impl Leaf {
    /// The column at its first row.
    pub(super) fn open(rows: &dyn RowGroupReader, column: usize) -> Result<Self, ParquetFault> {
        let described = rows.metadata().column(column).column_descr_ptr();
        let name = described.path().string();
        let failed = |error: ParquetError| ParquetFault::Column {
            column: name.clone(),
            reason: words(&error),
        };
        let data = match guarded(|| rows.get_column_reader(column)).map_err(failed)? {
            ColumnReader::BoolColumnReader(reader) => Data::Bool(reader, vec![]),
            ColumnReader::Int32ColumnReader(reader) => Data::I32(reader, vec![]),
            ColumnReader::Int64ColumnReader(reader) => Data::I64(reader, vec![]),
            ColumnReader::Int96ColumnReader(reader) => Data::I96(reader, vec![]),
            ColumnReader::FloatColumnReader(reader) => Data::F32(reader, vec![]),
            ColumnReader::DoubleColumnReader(reader) => Data::F64(reader, vec![]),
            ColumnReader::ByteArrayColumnReader(reader) => Data::Bytes(reader, vec![]),
            ColumnReader::FixedLenByteArrayColumnReader(reader) => Data::Fixed(reader, vec![]),
        };
        Ok(Self {
            name,
            data,
            whole: described.max_def_level(),
            definitions: vec![],
            repetitions: vec![],
            levels: 0,
            level: 0,
            value: 0,
        })
    }

    fn fill(&mut self) -> Result<(), ParquetError> {
        let (definitions, repetitions) = (&mut self.definitions, &mut self.repetitions);
        definitions.clear();
        repetitions.clear();
        macro_rules! read {
            ($reader:expr, $values:expr) => {{
                $values.clear();
                $reader.read_records(BATCH, Some(definitions), Some(repetitions), $values)
            }};
        }
        let (_, values, levels) = guarded(|| match &mut self.data {
            Data::Bool(reader, values) => read!(reader, values),
            Data::I32(reader, values) => read!(reader, values),
            Data::I64(reader, values) => read!(reader, values),
            Data::I96(reader, values) => read!(reader, values),
            Data::F32(reader, values) => read!(reader, values),
            Data::F64(reader, values) => read!(reader, values),
            Data::Bytes(reader, values) => read!(reader, values),
            Data::Fixed(reader, values) => read!(reader, values),
        })?;
        self.levels = levels;
        (self.level, self.value) = (0, 0);
        let there = self.definitions.iter().filter(|d| **d == self.whole).count();
        if self.whole > 0 && (self.definitions.len() != levels || there != values) {
            return Err(ParquetError::General("its levels and its values do not fit".into()));
        }
        Ok(())
    }

    /// The levels of the next entry, definition and repetition; `None` at the end.
    pub(super) fn peek(&mut self) -> Result<Option<(i16, i16)>, ParquetFault> {
        if self.level == self.levels {
            self.fill().map_err(|error| self.fault(&words(&error)))?;
            if self.levels == 0 {
                return Ok(None);
            }
        }
        let definition = self.definitions.get(self.level).copied().unwrap_or(self.whole);
        Ok(Some((
            definition,
            self.repetitions.get(self.level).copied().unwrap_or(0),
        )))
    }

    /// The next entry: a value, or nothing where it or something around it is null.
    pub(super) fn next(&mut self) -> Result<Option<Raw<'_>>, ParquetFault> {
        let Some((definition, _)) = self.peek()? else {
            return Err(self.fault("it ends before the others"));
        };
        self.level += 1;
        if definition < self.whole {
            return Ok(None);
        }
        let at = self.value;
        self.value += 1;
        let value = match &self.data {
            Data::Bool(_, v) => v.get(at).map(|b| Raw::Bool(*b)),
            Data::I32(_, v) => v.get(at).map(|n| Raw::I32(*n)),
            Data::I64(_, v) => v.get(at).map(|n| Raw::I64(*n)),
            Data::I96(_, v) => v.get(at).map(|n| Raw::I96(n.data())),
            Data::F32(_, v) => v.get(at).map(|x| Raw::Float(f64::from(*x))),
            Data::F64(_, v) => v.get(at).map(|x| Raw::Float(*x)),
            Data::Bytes(_, v) => v.get(at).map(|b| Raw::Bytes(b.data())),
            Data::Fixed(_, v) => v.get(at).map(|b| Raw::Bytes(b.data())),
        };
        Ok(value)
    }

    fn fault(&self, reason: &str) -> ParquetFault {
        ParquetFault::Column {
            column: self.name.clone(),
            reason: reason.to_owned(),
        }
    }
}
