//! Where the time of an operation goes, in one process and on SQLite: parsing, checking, executing with the trail, writing the answer, and the decision
//! alone. `cargo bench -p bench`; nothing but this is measured by it.

mod decisions;
mod setting;

use std::hint::black_box;

use async_graphql_value::ConstValue;
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use thinkfamily::{
    graphql::operation::Answer,
    wire::{limits::Limits, precheck},
};

use self::setting::{Operation, Setting};

fn operations(criterion: &mut Criterion) {
    let runtime = setting::runtime();
    let setting = runtime.block_on(Setting::new());
    let limits = Limits::default();
    for operation in setting.operations() {
        let mut group = criterion.benchmark_group(operation.name);
        group.bench_function("parse", |bencher| {
            bencher.iter(|| async_graphql_parser::parse_query(black_box(operation.text)));
        });
        group.bench_function("check, with parsing", |bencher| {
            bencher.iter(|| precheck::check(black_box(operation.text), &limits));
        });
        group.bench_function("execute, with the trail and the answer", |bencher| {
            bencher.to_async(&runtime).iter_batched(
                || setting.request(&operation),
                |request| setting.engine.execute(request),
                BatchSize::SmallInput,
            );
        });
        let answer = runtime.block_on(answer(&setting, &operation));
        group.bench_function("serialise", |bencher| {
            bencher.iter(|| serde_json::to_vec(black_box(&answer)));
        });
        group.finish();
    }
    decisions::measure(criterion, &runtime, &setting);
}

/// The data of the answer as the executor gives them.
async fn answer(setting: &Setting, operation: &Operation) -> ConstValue {
    let answer = setting.engine.execute(setting.request(operation)).await;
    let Answer::Executed(body) = answer else {
        panic!("{} was refused: {answer:?}", operation.name);
    };
    let body: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
    assert!(body.get("errors").is_none(), "{}: {body}", operation.name);
    let data = ConstValue::from_json(body["data"].clone()).expect("a value");
    assert!(data.to_string().len() > 100, "{} gives nothing: {body}", operation.name);
    data
}

criterion_group!(inside, operations);
criterion_main!(inside);
