//! Tests of `checkpoint`.

use super::*;

fn key() -> HeadKey {
    let folder = tempfile::tempdir().unwrap();
    HeadKey::load_or_create(&folder.path().join("trail.key")).unwrap()
}

fn checkpoint(size: u64) -> Checkpoint {
    Checkpoint {
        chain: Uuid::from_u128(7),
        size,
        root: Hash::of(&[&size.to_be_bytes()]),
    }
}

#[test]
fn a_published_note_is_parsed_and_its_signature_is_verified() {
    // The example of the C2SP `tlog-checkpoint` specification, under a key of our own.
    let name = "thinkfamily/trail/00000000-0000-0000-0000-000000000007";
    let key = key();
    let note = checkpoint(20_852_163).sign(&key);
    let lines: Vec<&str> = note.lines().collect();
    assert_eq!(lines.len(), 5);
    assert_eq!((lines[0], lines[1], lines[3]), (name, "20852163", ""));
    let signature = lines[4].strip_prefix(&format!("— {name} ")).unwrap();
    let signature = STANDARD.decode(signature).unwrap();
    assert_eq!(signature.len(), 68);
    // The key ID, calculated from the specification independently of the code above.
    let told = verifier_key(Uuid::from_u128(7), &key.public());
    let of_key = told.split('+').collect::<Vec<_>>();
    let encoded = STANDARD.decode(of_key[2..].join("+")).unwrap();
    let by_hand = Hash::of(&[name.as_bytes(), b"\n", &encoded]).to_string();
    assert_eq!(of_key[1], &by_hand[..8]);
    assert_eq!(
        signature[..4],
        [0, 2, 4, 6].map(|at| u8::from_str_radix(&by_hand[at..at + 2], 16).unwrap())
    );
    let read = Note::read(&note).unwrap();
    assert_eq!(read.checkpoint, checkpoint(20_852_163));
    assert!(read.is_signed(&[key.public()]));
    assert_eq!(read.text(), note);
}

#[test]
fn only_what_the_key_signed_counts() {
    let (own, other) = (key(), key());
    let note = checkpoint(5).sign(&own);
    assert!(!Note::read(&note).unwrap().is_signed(&[other.public()]));
    assert!(Note::read(&note).unwrap().is_signed(&[other.public(), own.public()]));
    for (from, to) in [("\n5\n", "\n6\n"), ("000007\n5", "000008\n5"), ("\n5\n", "\n5\nmore\n")] {
        // The name is in the signature line too.
        let changed = note.replacen(from, to, 1);
        assert_ne!(changed, note);
        assert!(!Note::read(&changed).is_some_and(|note| note.is_signed(&[own.public()])));
    }
    // Co-signatures and extra lines are allowed; an invalid signature in our key's name invalidates the
    // note.
    let cosigned = format!("{note}— witness.example {}\n", STANDARD.encode([1; 76]));
    assert!(Note::read(&cosigned).unwrap().is_signed(&[own.public()]));
    let name = name(Uuid::from_u128(7));
    let mut forged = id(&name, &own.public()).to_vec();
    forged.extend([0; 64]);
    let spoilt = format!("{note}— {name} {}\n", STANDARD.encode(forged));
    assert!(!Note::read(&spoilt).unwrap().is_signed(&[own.public()]));
}

#[test]
fn a_file_of_notes_is_read_to_its_end_whatever_its_content() {
    let key = key();
    let notes: Vec<String> = (1..4).map(|size| checkpoint(size).sign(&key)).collect();
    let read = |bytes: &[u8]| {
        let mut notes = Notes::new(bytes);
        let (mut sizes, mut bad) = (Vec::new(), 0);
        while let Some(note) = notes.next_note().unwrap() {
            match note {
                Ok(note) if note.is_signed(&[key.public()]) => sizes.push(note.checkpoint.size),
                _ => bad += 1,
            }
        }
        (sizes, bad)
    };
    assert_eq!(read(notes.concat().as_bytes()), (vec![1, 2, 3], 0));
    assert_eq!(read(notes.join("\n\n").as_bytes()), (vec![1, 2, 3], 0));
    assert_eq!(read(b""), (vec![], 0));
    // Truncated, as by a full disk: every complete note is read.
    let cut = &notes.concat().into_bytes()[..notes[0].len() * 2 + 30];
    assert_eq!(read(cut), (vec![1, 2], 1));
    for end in 1..notes[0].len() - 1 {
        let Some(begun) = notes[0].get(..end) else { continue };
        let (sizes, bad) = read([begun, "\n", &notes[1]].concat().as_bytes());
        assert_eq!((sizes.as_slice(), bad), (&[2][..], 1), "{begun}");
    }
    for junk in [
        b"junk\n".to_vec(),
        vec![0xff, b'\n'],
        vec![b'x'; MAX_LINE * 3],
        b"x\n".repeat(1000),
        "— a b\n".repeat(1000).into_bytes(),
    ] {
        let all = [notes[0].as_bytes(), &junk, b"\n", notes[1].as_bytes()].concat();
        let (sizes, bad) = read(&all);
        assert_eq!(sizes.last(), Some(&2), "{:?}", &junk[..junk.len().min(9)]);
        assert!(bad > 0);
    }
    for text in ["", "a\nb\nc\n\n— d e\n", "thinkfamily/trail/x\n1\nAAAA\n"] {
        assert_eq!(Note::read(text), None);
    }
    let zeroes = notes[0].replacen("\n1\n", "\n01\n", 1);
    assert_eq!(Note::read(&zeroes), None, "a number has one form");
}
