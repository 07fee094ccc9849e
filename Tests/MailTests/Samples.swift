import Foundation

@testable import Mail

/// A message that a test changes.
func sampleMessage(to recipient: String = "ada@example.com", id: String = "n-2026-11-23.7") throws -> MailMessage {
    MailMessage(
        from: try MailAddress("Curfew <curfew@example.com>", part: "From"),
        to: try MailAddress(name: nil, address: recipient, part: "To"),
        subject: "2 environments are due",
        date: Date(timeIntervalSince1970: 1_795_420_800),
        text: "feat-checkout is due.\n\n  curfew extend feat-checkout 3d\n",
        id: id,
        listID: "notices.curfew.example.com"
    )
}

/// Text as it arrives: every line ends with CRLF.
func arrived(_ text: String) -> String {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    let joined = lines.joined(separator: "\r\n")
    return joined.isEmpty || joined.hasSuffix("\r\n") ? joined : joined + "\r\n"
}

/// Numbers that look random and are the same every time.
struct Dice: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
