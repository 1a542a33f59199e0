//! Subscriptions: history, then what comes, one event at a time and only when it is asked for.

use std::{collections::VecDeque, sync::Arc};

use async_graphql_parser::types::OperationType;
use futures_util::StreamExt as _;
use tokio::{sync::watch, task::JoinHandle, time::timeout};
use tracing::{Instrument as _, info_span};

use super::{
    attempt::Attempt,
    parts::{Engine, beyond_the_agreement, internal, refusal, within},
    understand::select,
};
use crate::{
    error::{ErrorCode, RequestError, request_id},
    graphql::{
        answer,
        operation::{Answer, Asked, Event, OperationRequest, WithheldMode},
        plan::Plan,
        subscriptions::{
            source::{Begun, Occurrence, Source, Turn},
            with_one_root_field,
        },
    },
    sharing::reason::Reason,
    store::session::{Mode, StoreError},
};

/// How many events are looked up ahead of their being given. Each is decided when it is given.
const AHEAD: u64 = 100;

/// A subscription that was found good. Dropping it ends it.
pub struct Subscription {
    parts: Arc<Subscribed>,
    reading: Option<Reading>,
    running: Option<JoinHandle<(Reading, Step)>>,
    wake: watch::Receiver<u64>,
    idle: bool,
    over: bool,
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subscription").finish_non_exhaustive()
    }
}

/// What stays the same from one event to the next.
struct Subscribed {
    engine: Engine,
    asked: Asked,
    plan: Plan,
    source: Arc<dyn Source>,
}

/// How far it has been read.
struct Reading {
    place: i64,
    ahead: VecDeque<Occurrence>,
}

/// What one look comes to.
enum Step {
    Next(Vec<u8>),
    Nothing,
    Refused(RequestError),
}

impl Engine {
    /// Begins a subscription: it fits the schema, has one field, and is within the ceiling or has something to take back.
    pub async fn subscribe(&self, asked: OperationRequest) -> Result<Subscription, RequestError> {
        // From now on whatever is committed wakes it.
        let wake = self.parts.services.store.wake();
        let operation = select(&asked)?;
        if operation.ty != OperationType::Subscription {
            return Err(RequestError::new(
                ErrorCode::BadUserInput,
                "The operation is not a subscription.",
            ));
        }
        let (mut asked, plan) = self.plan(&asked, operation).await?;
        let one_field = || {
            RequestError::new(
                ErrorCode::BadUserInput,
                "A subscription asks for exactly one field of the root, always.",
            )
        };
        asked.resolved = with_one_root_field(&asked.resolved).ok_or_else(one_field)?;
        let (session, policies, ceiling) = self.begin(&asked.caller, Mode::Read).await?;
        if asked.withheld == WithheldMode::Fail && !within(&plan, &ceiling) {
            self.refuse(&asked, Reason::NotInAgreement).await?;
            return Err(beyond_the_agreement());
        }
        let execution = self.request(
            &asked,
            &plan,
            session,
            policies,
            ceiling,
            Turn::to_begin(),
            &Attempt::only(Mode::Read),
        );
        let mut responses = Vec::new();
        let execute = execution.of(asked.resolved.to_document());
        let mut stream = self.parts.schema.execute_stream(execute);
        while let Some(response) = execution.request.loaders.drive(stream.next()).await {
            responses.push(response);
        }
        drop(stream);
        if let Some(invalid) = responses.iter().find(|response| answer::was_never_executed(response)) {
            return Err(answer::invalid(invalid));
        }
        let request = Arc::into_inner(execution.request).ok_or_else(internal)?;
        let _ = request.session.end().await;
        let begun = execution.turn.take_begun().pop();
        let Begun { source, after, owed } = match begun {
            Some(Ok(begun)) if responses.is_empty() => begun,
            Some(Err(error)) => return Err(RequestError::new(error.code(), error.message())),
            // An argument that the library did not take.
            _ => return Err(RequestError::new(ErrorCode::BadUserInput, answer::BAD_VALUE)),
        };
        if !owed && !request.ceiling.covers(source.right()) {
            self.refuse(&asked, Reason::NotInAgreement).await?;
            return Err(beyond_the_agreement());
        }
        let parts = Subscribed {
            engine: self.clone(),
            asked,
            plan,
            source,
        };
        Ok(Subscription {
            parts: Arc::new(parts),
            reading: Some(Reading {
                place: after,
                ahead: VecDeque::new(),
            }),
            running: None,
            wake,
            idle: false,
            over: false,
        })
    }
}

impl Subscription {
    /// The next event, when there is one. What it discloses is in the trail before this returns; of what is not asked for nothing is.
    ///
    /// Whoever stops waiting for it loses nothing: the next call goes on where this one was.
    pub async fn next(&mut self) -> Event {
        loop {
            self.ready().await;
            if let Some(event) = self.look().await {
                return event;
            }
        }
    }

    /// Waits until there may be an event. Reads nothing and holds nothing meanwhile.
    pub async fn ready(&mut self) {
        if self.idle && !self.over {
            self.over = self.wake.changed().await.is_err();
            self.idle = false;
        }
    }

    /// Looks once, and gives the event that there is.
    ///
    /// Whoever stops waiting for it loses nothing: the next look goes on where this one was.
    pub async fn look(&mut self) -> Option<Event> {
        if self.over {
            return Some(Event::Complete);
        }
        if self.running.is_none()
            && let Some(reading) = self.reading.take()
        {
            // What is committed from here on wakes it again; what was committed before, this look sees.
            self.wake.mark_unchanged();
            let parts = Arc::clone(&self.parts);
            // Apart, so that what the trail says was given is not lost with whoever waits for it.
            let step = request_id::scope(parts.asked.request_id, async move { parts.step(reading).await });
            self.running = Some(tokio::spawn(step.instrument(info_span!(parent: None, "event"))));
        }
        let ended = match &mut self.running {
            Some(running) => running.await,
            None => return Some(self.end(internal())),
        };
        self.running = None;
        let Ok((reading, step)) = ended else {
            return Some(self.end(internal()));
        };
        self.reading = Some(reading);
        match step {
            Step::Next(bytes) => Some(Event::Next(bytes)),
            Step::Nothing => {
                self.idle = true;
                None
            }
            Step::Refused(error) => Some(self.end(error)),
        }
    }

    fn end(&mut self, error: RequestError) -> Event {
        self.over = true;
        Event::Refused(error)
    }
}

impl Subscribed {
    async fn step(&self, mut reading: Reading) -> (Reading, Step) {
        let step = self.look(&mut reading).await;
        (reading, step.unwrap_or_else(Step::Refused))
    }

    /// Gives the next event, if there is one.
    async fn look(&self, reading: &mut Reading) -> Result<Step, RequestError> {
        let parts = &self.engine.parts;
        // In front of the database's connections rather than behind them, where whoever waits too long is turned away.
        let _turn = parts.looks.acquire().await.map_err(|_| internal())?;
        loop {
            if reading.ahead.is_empty() {
                let caller = &self.asked.caller;
                let prepared = self.source.prepare(&parts.feeds, &parts.services, caller).await;
                prepared.map_err(refusal)?;
                let (session, _, ceiling) = self.engine.begin(caller, Mode::Read).await?;
                let after = self.source.after(&session, &ceiling, reading.place, AHEAD).await;
                let _ = session.end().await;
                reading.ahead.extend(after.map_err(refusal)?);
                if reading.ahead.is_empty() {
                    if ceiling.covers(self.source.right()) {
                        return Ok(Step::Nothing);
                    }
                    let ended = Reason::NotInAgreement;
                    self.engine.refuse(&self.asked, ended).await?;
                    return Err(beyond_the_agreement());
                }
            }
            if let Some(occurrence) = reading.ahead.front().cloned() {
                let place = occurrence.place();
                let given = self.give(occurrence, reading.place).await?;
                reading.ahead.pop_front();
                reading.place = place;
                if let Some(bytes) = given {
                    return Ok(Step::Next(bytes));
                }
            }
        }
    }

    /// One event, executed like an operation of its own. None where there is nothing to be told after all.
    async fn give(&self, occurrence: Occurrence, after: i64) -> Result<Option<Vec<u8>>, RequestError> {
        let (engine, asked) = (&self.engine, &self.asked);
        let (session, policies, ceiling) = engine.begin(&asked.caller, Mode::Read).await?;
        let turn = Turn::to_give(occurrence, after);
        let execution = engine.request(
            asked,
            &self.plan,
            session,
            policies,
            ceiling,
            turn,
            &Attempt::only(Mode::Read),
        );
        let execute = execution.of(asked.resolved.to_document());
        let mut stream = engine.parts.schema.execute_stream(execute);
        let next = execution.request.loaders.drive(stream.next());
        let response = timeout(engine.parts.limits.time, next).await;
        drop(stream);
        let response = response.map_err(|_| refusal(StoreError::TOO_LONG))?;
        let Some(response) = response else {
            let passed_over = execution.turn.was_passed_over();
            return if passed_over { Ok(None) } else { Err(internal()) };
        };
        if answer::was_never_executed(&response) {
            return Err(answer::invalid(&response));
        }
        match engine.finish(asked, &self.plan, execution, response, None).await? {
            Answer::Executed(bytes) => Ok(Some(bytes)),
            Answer::Refused(error) => Err(error),
            Answer::NotByThisMethod => Err(internal()),
        }
    }
}
