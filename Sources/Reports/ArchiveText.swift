package import Core

/// An archive of the audit log, written or verified.
package enum ArchiveText {
    package static func written(_ chain: AuditChain, to file: String, kept: Duration?) -> String {
        let older = kept.map { " older than \(DurationText.format($0))" } ?? ""
        guard let head = chain.head else { return "Nothing was written: there are no sealed entries\(older)." }
        return """
            \(count(chain.checked)) of the audit log\(older) \(chain.checked == 1 ? "is" : "are") in \(file).
            The last seal in it is number \(head.number): \(head.digest)
            Nothing left the log. To verify the file: curfew audit --verify --archive \(file)
            """
    }

    /// `unreadable`: the first line that is no entry; `continues`: whether the database has the same seal where it ends.
    package static func verified(_ chain: AuditChain, unreadable: Int?, continues: Bool?) -> String {
        var lines: [String] = []
        if let fault = chain.fault {
            lines.append("NOT as it was sealed: \(fault.sentence).")
        } else if let unreadable {
            lines.append("NOT an archive of the audit log: line \(unreadable) cannot be read.")
        }
        if lines.isEmpty, chain.head == nil { return "NOT an archive of the audit log: it is empty." }
        lines.append(
            lines.isEmpty
                ? "\(count(chain.checked)) \(chain.checked == 1 ? "is" : "are") as sealed, without a gap."
                : "\(count(chain.checked)) before that \(chain.checked == 1 ? "is" : "are") as sealed."
        )
        if let head = chain.head { lines.append("The last right seal is number \(head.number): \(head.digest)") }
        switch continues {
        case true?: lines.append("The database has the same seal there.")
        case false?: lines.append("NOT of this database: it has another seal there, or none.")
        case nil: break
        }
        return lines.joined(separator: "\n")
    }

    private static func count(_ number: Int) -> String { "\(number) \(number == 1 ? "entry" : "entries")" }
}

/// `curfew audit --verify --archive FILE --json`.
package struct ArchiveJSON: Encodable, Sendable {
    package var chain: AuditChainJSON
    /// The first line that is no entry, counted from 1; null where each is one.
    @OrNull package var unreadableLine: Int?
    /// Whether the database has the same seal where the file ends; null for an empty file.
    @OrNull package var isOfThisDatabase: Bool?

    package init(_ chain: AuditChain, unreadable: Int?, continues: Bool?) {
        self.chain = AuditChainJSON(chain)
        unreadableLine = unreadable
        isOfThisDatabase = continues
    }
}
