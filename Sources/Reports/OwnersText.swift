package import Core

/// Everything that speaks of an environment's owner, as `show` prints it.
enum OwnersText {
    static func list(_ owners: OwnerFinding, _ page: inout Page) {
        guard !owners.evidence.isEmpty || !owners.passedOver.isEmpty else { return }
        page.heading("Owner evidence", count: owners.evidence.count)
        var table = Table([
            .init("counts", shrinks: false), .init("owner", maximum: 40, minimum: 12), .init("from", shrinks: false),
            .init("what was found", minimum: 24),
        ])
        for piece in owners.evidence {
            let decides = owners.decides(piece)
            table.add(
                Span(decides ? owners.isConflict ? "disagrees" : "decides" : "outweighed", decides ? .good : .dim),
                Span(piece.owner.text, decides ? .bold : nil),
                Span(piece.source.word),
                Span(piece.detail)
            )
        }
        if !owners.evidence.isEmpty { page.table(table, indent: 2) }
        for text in owners.passedOver { page.line(Span("names nobody: \(text)", .dim), indent: 2, hanging: 2) }
    }
}

extension OwnerFinding {
    fileprivate var isConflict: Bool { if case .conflict = resolution { true } else { false } }
}

/// One piece of evidence of who owns an environment.
package struct OwnerEvidenceJSON: Encodable, Sendable {
    package var owner: String
    /// `claim`, `tag`, `registration`, `CloudTrail`, `branch author`, `pattern`.
    package var source: String
    /// `claimed`, `stated`, `related`, `noted`, `registered`, `traced`, `authored`, `assigned`; the earlier outweighs.
    package var confidence: String
    /// It is of the highest confidence that there is.
    package var decides: Bool
    package var detail: String

    package init(_ evidence: OwnerEvidence, decides: Bool) {
        owner = evidence.owner.text
        source = evidence.source.word
        confidence = "\(evidence.confidence)"
        self.decides = decides
        detail = evidence.detail
    }
}
