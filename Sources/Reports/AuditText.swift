package import Core

/// The newest entries of the audit log, and what verifying it found.
package enum AuditText {
    package static func text(_ entries: [AuditEntry], unsealed: Int, on canvas: Canvas) -> String {
        var page = Page(canvas)
        if entries.isEmpty {
            page.line("Nothing was written down yet.")
        } else {
            page.table(HistoryText.table(entries, of: nil, on: canvas))
        }
        if let waiting = waiting(unsealed) { page.line(Span(waiting)) }
        return page.text
    }

    package static func text(_ chain: AuditChain, on canvas: Canvas) -> String {
        var page = Page(canvas)
        if let fault = chain.fault {
            page.line("NOT as it was sealed: \(fault.sentence).")
            page.line("\(count(chain.checked, "entry", "entries")) before that are as they were sealed.")
        } else if chain.checked == 0 {
            page.line("Nothing was sealed yet.")
        } else {
            page.line("\(count(chain.checked, "entry is", "entries are")) as sealed, without a gap.")
        }
        if let head = chain.head { page.line("The last right seal is number \(head.number): \(head.digest)") }
        if let waiting = waiting(chain.unsealed) { page.line(Span(waiting)) }
        return page.text
    }

    private static func waiting(_ unsealed: Int) -> String? {
        guard unsealed > 0 else { return nil }
        return "\(count(unsealed, "entry waits", "entries wait")) for the seal, which the next command that changes "
            + "something makes."
    }

    private static func count(_ number: Int, _ one: String, _ many: String) -> String {
        "\(number) \(number == 1 ? one : many)"
    }
}

extension AuditChain.Fault {
    package var sentence: String {
        switch self {
        case .sealMissing(let number): "seal \(number) is missing"
        case .sealBroken(let number): "seal \(number) does not continue the one before it"
        case .entryMissing(let id): "entry \(id) was sealed and is missing"
        case .entryChanged(let id): "entry \(id) is not what was sealed"
        case .entryLost(let id): "entry \(id) was written, and was taken away before it was sealed"
        }
    }
}

/// `curfew audit --json`.
package struct AuditJSON: Encodable, Sendable {
    package var entries: [HistoryJSON]
    /// Entries that wait for the next sealing.
    package var unsealed: Int

    package init(_ entries: [AuditEntry], unsealed: Int) {
        self.entries = entries.map(HistoryJSON.init)
        self.unsealed = unsealed
    }
}

/// `curfew audit --verify --json`.
package struct AuditChainJSON: Encodable, Sendable {
    /// Entries whose seals are right.
    package var checked: Int
    /// The last right link; null where nothing was sealed.
    @OrNull package var head: Head?
    /// The first thing that is wrong, in words; null where nothing is.
    @OrNull package var fault: String?
    package var unsealed: Int

    package struct Head: Encodable, Sendable {
        package var number: Int64
        /// SHA-256 in 64 hexadecimal digits.
        package var digest: String
    }

    package init(_ chain: AuditChain) {
        checked = chain.checked
        head = chain.head.map { Head(number: $0.number, digest: $0.digest.description) }
        fault = chain.fault?.sentence
        unsealed = chain.unsealed
    }
}
