//! `import_file`: a file that was loaded whole.

use sea_orm::entity::prelude::*;

/// One row of `import_file`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "import_file")]
pub struct Model {
    /// The authority it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub authority_id: i32,
    /// Name of the file.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// Hash of its content.
    #[sea_orm(primary_key, auto_increment = false)]
    pub content_hash: String,
    /// Rows loaded from it.
    pub rows: i64,
    /// When it was loaded.
    pub loaded_at: DateTimeUtc,
}

/// No relations: statements join by authority and family themselves.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
