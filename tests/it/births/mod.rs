//! People with one name, whose date of birth is unknown or known in part, and children not yet born: imported, asked for and looked up, on both databases.

mod asked;
mod consent;
mod found;
mod kept;
mod world;
