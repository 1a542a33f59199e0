//! Where a value stands, in the asker's own words.

use std::fmt;

use async_graphql::Pos;

use super::words::quoted;
use crate::error::RequestError;

/// The thing that has a value.
#[derive(Clone, Copy)]
pub(super) enum Holder<'a> {
    /// A variable.
    Variable(&'a str),
    /// What a variable is when it is not given.
    Default(&'a str),
    /// An argument of a field or directive.
    Argument { name: &'a str, of: &'a str },
}

enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

/// A value's holder, the way to the value inside it, and the place in the document.
pub(super) struct Place<'a> {
    holder: Holder<'a>,
    steps: Vec<Step<'a>>,
    pos: Pos,
}

impl<'a> Place<'a> {
    pub(super) fn new(holder: Holder<'a>, pos: Pos) -> Self {
        Self {
            holder,
            steps: Vec::new(),
            pos,
        }
    }

    /// Whether the value came beside the document, as JSON.
    pub(super) fn is_json(&self) -> bool {
        matches!(self.holder, Holder::Variable(_))
    }

    /// Does something one step further inside.
    pub(super) fn inside<T>(&mut self, key: &'a str, within: impl FnOnce(&mut Self) -> T) -> T {
        self.step(Step::Key(key), within)
    }

    /// Does something with an item of a list.
    pub(super) fn item<T>(&mut self, index: usize, within: impl FnOnce(&mut Self) -> T) -> T {
        self.step(Step::Index(index), within)
    }

    fn step<T>(&mut self, step: Step<'a>, within: impl FnOnce(&mut Self) -> T) -> T {
        self.steps.push(step);
        let done = within(self);
        self.steps.pop();
        done
    }

    /// The error that says this of the value.
    pub(super) fn error(&self, said: impl fmt::Display) -> RequestError {
        super::said::unfit(format!("{self} {said}")).at(self.pos.line, self.pos.column)
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut path = match self.holder {
            Holder::Variable(name) => format!("Variable `${name}"),
            Holder::Default(name) => format!("The default of variable `${name}"),
            Holder::Argument { name, .. } => format!("Argument `{name}"),
        };
        for step in &self.steps {
            match step {
                Step::Key(key) => path.extend([".", key]),
                Step::Index(index) => path.extend(["[", &index.to_string(), "]"]),
            }
        }
        write!(f, "{path}`")?;
        match self.holder {
            Holder::Argument { of, .. } => write!(f, " of {}", quoted(of)),
            Holder::Variable(_) | Holder::Default(_) => Ok(()),
        }
    }
}
