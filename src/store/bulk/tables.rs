//! Rows of all tables, table by table.

use sea_orm::{DatabaseTransaction, DbErr};

use super::{
    BulkError, Dataset, Load, Progress,
    change::{self, Which},
};
use crate::records::{Table, each_table};

macro_rules! tables {
    ($($rows:ident $table:ident $row:ident [$($object:ident)?];)+) => {
        /// Reads rows of a table.
        pub(super) async fn read_table(
            on: &DatabaseTransaction,
            table: Table,
            authority: i32,
            which: Which<'_>,
            lock: &str,
        ) -> Result<Dataset, DbErr> {
            let mut data = Dataset::default();
            match table {
                $(Table::$table => data.$rows = change::select(on, authority, which, lock).await?,)+
            }
            Ok(data)
        }

        impl Load {
            /// Changes all rows, in the same order.
            pub(super) async fn update_tables(&mut self, data: &Dataset) -> Result<(), BulkError> {
                $(self.update(&data.$rows).await?;)+
                Ok(())
            }

            /// Adds all rows, those first that others point to.
            pub(super) async fn tables(
                &mut self,
                data: &Dataset,
                progress: &mut (dyn FnMut(Progress) + Send),
            ) -> Result<(), BulkError> {
                $(self.table(&data.$rows, progress).await?;)+
                Ok(())
            }
        }
    };
}

each_table! { tables! }
