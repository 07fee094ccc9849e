package import Foundation

/// What a letter says of one environment.
package struct NoticeItem: Sendable, Hashable {
    package var notice: Notice
    /// As a command takes it: with its space where the name alone would not do.
    package var name: String
    /// As it is known; nil for what nobody owns.
    package var owner: String?
    /// The reader is told in the owner's place.
    package var isStandIn: Bool
    package var reason: String
    package var stacks: Int
    package var oldest: Date
    /// From when it can be planned, should this letter be read at once; nil where that is no question any more.
    package var dueAt: Date?
    /// What one extension gives; nil where none is left or none helps.
    package var extendBy: Duration?
    package var isReleased: Bool
    /// The plan that waits, was replaced, or took it down.
    package var plan: PlanID?
    /// The plan that took the place of `plan`.
    package var replacement: PlanID?
    /// What the plan would destroy, by name.
    package var losses: [String]
    /// Why it does not end for now, though it is due.
    package var blockers: [String]
    /// When it went.
    package var endedAt: Date?

    package init(
        notice: Notice,
        name: String,
        owner: String? = nil,
        isStandIn: Bool = false,
        reason: String,
        stacks: Int,
        oldest: Date,
        dueAt: Date? = nil,
        extendBy: Duration? = nil,
        isReleased: Bool = false,
        plan: PlanID? = nil,
        replacement: PlanID? = nil,
        losses: [String] = [],
        blockers: [String] = [],
        endedAt: Date? = nil
    ) {
        self.notice = notice
        self.name = name
        self.owner = owner
        self.isStandIn = isStandIn
        self.reason = reason
        self.stacks = stacks
        self.oldest = oldest
        self.dueAt = dueAt
        self.extendBy = extendBy
        self.isReleased = isReleased
        self.plan = plan
        self.replacement = replacement
        self.losses = losses
        self.blockers = blockers
        self.endedAt = endedAt
    }
}

/// Everything that one recipient is told tonight.
package struct NoticeContent: Sendable, Hashable {
    package var recipient: Recipient
    package var items: [NoticeItem]
    package var at: Date
    package var id: LetterID

    package init(recipient: Recipient, items: [NoticeItem], at: Date) {
        self.recipient = recipient
        self.items = items
        self.at = at
        let moment = at.secondText.filter { $0.isNumber || $0 == "T" }
        id = LetterID("notices-\(moment)-\(Digest(of: recipient.text).short)")
    }
}
