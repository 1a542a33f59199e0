//! How clients reach the program: TLS in the process, pages of other origins, and the headers of every answer.

mod pages;
mod tls;
