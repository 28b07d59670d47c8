//! What a service declares about the personal data it holds; discovery, export, erasure and retention come from it.

use serde::Serialize;

/// Every personal column of one service, with why it is held and how it is erased.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct DataMap {
    /// The service that holds the data: "orders".
    pub service: &'static str,
    /// Version of the declaration; it is named in every discovery answer.
    pub version: &'static str,
    /// Kinds of personal data, each with one rule.
    pub categories: &'static [Category],
    /// Every table of the service, also those without personal data.
    pub tables: &'static [Table],
}

/// One kind of personal data: one purpose, one legal basis, one period.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Category {
    /// Name within the service: "customer".
    pub name: &'static str,
    /// What people call it, in Swedish, at the head of a row: "Beställningar".
    pub title_sv: &'static str,
    /// What people call it, in English.
    pub title_en: &'static str,
    /// Why it is held, in Swedish, specific (art. 13–15).
    pub purpose_sv: &'static str,
    /// Why it is held, in English.
    pub purpose_en: &'static str,
    /// "art. 6(1)(b)" and what it rests on.
    pub legal_basis: &'static str,
    /// How long, from when.
    pub retention: Retention,
    /// Who may receive it.
    pub recipients: &'static [&'static str],
    /// What the policy proposes when a person asks for erasure.
    pub on_erasure: OnErasure,
}

/// How long a category is kept.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Retention {
    /// Days after the start.
    pub period_days: u32,
    /// The event that the days count from: "order delivered".
    pub starts: &'static str,
}

/// What happens to a category when a person asks for erasure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OnErasure {
    /// It is erased.
    Erase,
    /// It is kept, restricted, for as long as the law says.
    Retain {
        /// The legal basis for keeping it.
        basis: &'static str,
        /// Days from the order to erase.
        days: u32,
    },
}

/// One table of the service.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Table {
    /// Name in the database.
    pub name: &'static str,
    /// How a row is tied to a person.
    pub link: Link,
    /// The column that holds the network; empty for a table that is not scoped.
    pub network: &'static str,
    /// The primary key column, a `UUIDv7`: it tells when the row was made.
    pub id: &'static str,
    /// What erasing does to a row.
    pub on_erase: RowErasure,
    /// Every column of the table.
    pub columns: &'static [Column],
}

/// How a row is tied to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// By its column `subject_id`.
    Subject,
    /// The same; and what the row says came by a file, which is no basis to bring somebody back: an erasure clears it however
    /// late after the order it came.
    Imported,
    /// By keyed tokens of whom it names. The row waits for something to be decided about it and is sealed under the key of
    /// its `subject_id`, who is nobody in particular.
    Tokens {
        /// The persons whom a row may name.
        names: &'static [Named],
        /// Columns that are not personal and tell a person where the row is: "`import_id`".
        place: &'static [&'static str],
    },
    /// Not at all: it holds no personal data.
    None {
        /// Why that is so.
        why: &'static str,
    },
}

/// A person whom a row names without being theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Named {
    /// The column that holds the look-up token of the person ([`Tokens::current`](crate::Tokens::current)); null: the row
    /// names nobody here, or nobody any more. It is indexed: a request of a person opens no row to find theirs.
    pub token: &'static str,
    /// Columns that say something of the person; erasing empties them and leaves the rest of the row.
    pub columns: &'static [&'static str],
    /// A boolean column that is set when the person was taken out of the row; empty: nothing remembers it.
    pub mark: &'static str,
}

/// What erasing does to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowErasure {
    /// The row goes, once every category in it is erased.
    Delete,
    /// The row stays, its personal columns are emptied.
    Clear,
}

/// One column.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Column {
    /// Name in the database.
    pub name: &'static str,
    /// Whether it is personal.
    pub kind: ColumnKind,
}

/// Whether, and how, a column is personal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// Not personal.
    Plain,
    /// Personal, sealed under the person's key of the category.
    Sealed {
        /// Which category it belongs to.
        category: &'static str,
        /// The field's name in an extract.
        field: &'static str,
    },
    /// Personal, in the clear (a time, a flag, an access id).
    Open {
        /// Which category it belongs to.
        category: &'static str,
        /// The field's name in an extract.
        field: &'static str,
    },
}

impl Named {
    /// Found by that column, spoken of in these; nothing remembers that the person was taken out.
    pub const fn by(token: &'static str, columns: &'static [&'static str]) -> Self {
        Self {
            token,
            columns,
            mark: "",
        }
    }

    /// Remembered in a boolean column when the person is taken out.
    #[must_use]
    pub const fn marked(self, mark: &'static str) -> Self {
        Self { mark, ..self }
    }
}

impl DataMap {
    /// The category of that name.
    pub fn category(&self, name: &str) -> Option<&'static Category> {
        self.categories.iter().find(|c| c.name == name)
    }

    /// The table of that name.
    pub fn table(&self, name: &str) -> Option<&'static Table> {
        self.tables.iter().find(|t| t.name == name)
    }

    /// Tables with personal data, whoever it is tied to.
    pub fn personal_tables(&self) -> impl Iterator<Item = &'static Table> {
        let holds_nobody = |table: &&Table| matches!(table.link, Link::None { .. });
        self.tables.iter().filter(move |t| !holds_nobody(t))
    }

    /// Tables whose rows belong to persons.
    pub fn tables_of_subjects(&self) -> impl Iterator<Item = &'static Table> {
        self.tables.iter().filter(|t| t.is_of_subjects())
    }

    /// Whether persons come by files.
    pub fn imports(&self) -> bool {
        self.tables.iter().any(|t| t.link == Link::Imported)
    }

    /// The document that a holder announces: canonical enough to be read by a person and by a program.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a data map is plain data")
    }
}

impl Table {
    /// Whom its rows name without being theirs.
    pub fn names(&self) -> &'static [Named] {
        match self.link {
            Link::Tokens { names, .. } => names,
            Link::Subject | Link::Imported | Link::None { .. } => &[],
        }
    }

    /// Whether its rows belong to subjects.
    pub fn is_of_subjects(&self) -> bool {
        matches!(self.link, Link::Subject | Link::Imported)
    }

    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|c| c.name == name)
    }

    /// Personal columns of one category.
    pub fn columns_of(&self, category: &str) -> impl Iterator<Item = &'static Column> {
        self.columns
            .iter()
            .filter(move |c| c.category() == Some(category))
    }

    /// The categories that occur in this table, each once, in the order of the columns.
    pub fn categories(&self) -> Vec<&'static str> {
        let mut found = Vec::new();
        for category in self.columns.iter().filter_map(Column::category) {
            if !found.contains(&category) {
                found.push(category);
            }
        }
        found
    }
}

impl Column {
    /// A column without personal data.
    pub const fn plain(name: &'static str) -> Self {
        Self {
            name,
            kind: ColumnKind::Plain,
        }
    }

    /// A sealed personal column.
    pub const fn sealed(name: &'static str, category: &'static str, field: &'static str) -> Self {
        Self {
            name,
            kind: ColumnKind::Sealed { category, field },
        }
    }

    /// A personal column in the clear.
    pub const fn open(name: &'static str, category: &'static str, field: &'static str) -> Self {
        Self {
            name,
            kind: ColumnKind::Open { category, field },
        }
    }

    /// The category, when the column is personal.
    pub fn category(&self) -> Option<&'static str> {
        match self.kind {
            ColumnKind::Plain => None,
            ColumnKind::Sealed { category, .. } | ColumnKind::Open { category, .. } => {
                Some(category)
            }
        }
    }

    /// The field's name in an extract, when the column is personal.
    pub fn field(&self) -> Option<&'static str> {
        match self.kind {
            ColumnKind::Plain => None,
            ColumnKind::Sealed { field, .. } | ColumnKind::Open { field, .. } => Some(field),
        }
    }

    /// Whether the column is sealed.
    pub fn is_sealed(&self) -> bool {
        matches!(self.kind, ColumnKind::Sealed { .. })
    }
}
