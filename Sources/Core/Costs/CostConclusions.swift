package import Foundation

extension CostsOfMonth {
    /// New costs take AWS up to two days to show.
    package static let delay: Duration = .seconds(48 * 3_600)

    /// What this month says of each of these stacks, which are all of one account; those that came later are left out.
    ///
    /// A stack without an amount cost nothing only where the tag is seen to work, and never while it is new. `before`:
    /// the month before this one; where the tag is not seen there, it may have begun to count in the middle of this one.
    package func conclusions(
        on subjects: [CostSubject],
        tag: String,
        after before: CostsOfMonth?,
        readAt: Date
    ) -> [ComponentCost] {
        let named = Dictionary(grouping: items.filter { $0.name != nil }) { $0.name ?? "" }
        let seen: TagSeen = !isTagSeen ? .never : before?.isTagSeen == true ? .throughout : .perhapsLate
        return subjects.filter { $0.began < month.end }.map { subject in
            conclusion(on: subject, named[subject.name] ?? [], seen, tag, readAt)
        }
    }

    /// What the tag's amounts say of whether it worked.
    private enum TagSeen { case never, perhapsLate, throughout }

    private var isTagSeen: Bool {
        items.contains { item in item.name.map { !$0.isEmpty } ?? false && item.cost.amount != 0 }
    }

    private func conclusion(
        on subject: CostSubject,
        _ items: [Item],
        _ seen: TagSeen,
        _ tag: String,
        _ readAt: Date
    ) -> ComponentCost {
        func unknown(_ reason: String) -> ComponentCost {
            ComponentCost(
                component: subject.component,
                month: month,
                basis: .unknown,
                missing: reason,
                readAt: readAt
            )
        }
        // Costs go by name, and AWS does not say which of two stacks they were of.
        if let until = subject.namesakeUntil, until > month.start, subject.began > month.start {
            return unknown("another stack had its name in that month")
        }
        let isNew = subject.began.later(by: Self.delay) > min(readAt, month.end)
        let mine = items.filter { $0.region == subject.target.region.text }
        let elsewhere = items.filter { !$0.isOfRegion && $0.cost.amount != 0 }
        var missing: String?
        if isNew { missing = "made less than 48 hours before its costs were read" }
        if subject.lacksNested { missing = missing ?? "a stack nested in it is not in the inventory" }
        if subject.isElsewhere, !elsewhere.isEmpty {
            missing = missing ?? "a part of the cost has no region, and stacks of its name stand, or stood, in several"
        }
        // AWS counts from the day on which somebody activated the tag.
        if seen == .perhapsLate { missing = missing ?? "the tag \(tag) may not have counted for all of that month" }
        let amounts = [Money].total((mine + (subject.isElsewhere ? [] : elsewhere)).map(\.cost))
        if amounts.isEmpty {
            if let missing { return unknown(missing) }
            if seen == .never {
                return unknown(
                    self.items.isEmpty
                        ? "AWS has no costs of that month yet"
                        : "no stack of the account has an amount: activate the tag \(tag) for cost allocation"
                )
            }
        }
        return ComponentCost(
            component: subject.component,
            month: month,
            basis: isEstimated ? .estimated : .billed,
            amounts: amounts,
            missing: missing,
            readAt: readAt
        )
    }
}

extension CostsOfMonth.Item {
    /// `global`, `NoRegion` and the like have no digit at their end.
    fileprivate var isOfRegion: Bool { region.contains("-") && region.last.map(\.isNumber) ?? false }
}
