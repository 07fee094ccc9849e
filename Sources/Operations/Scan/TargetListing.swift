import Core
import Foundation

/// A target's listing beside what was known of it, page after page.
///
/// Of what is as it was, only the store's number is kept.
struct TargetListing {
    /// Those that are new, or said in other words, as they are now.
    private(set) var observed: [ComponentID: ObservedComponent] = [:]
    /// What was known of these.
    private(set) var known: [ComponentID: KnownComponent] = [:]
    private(set) var marks: [ComponentID: UUID] = [:]
    private var unchanged: [Int64: ComponentClass] = [:]
    /// Those of `known`.
    private var changed: [Int64: ComponentID] = [:]
    private var tagsWereKnown = false
    private var tagsAreListed = false
    private var anythingIsListed = false

    mutating func add(_ page: ListingPage, _ difference: ListingDifference) throws(ProviderFailure) {
        for same in difference.unchanged {
            anythingIsListed = true
            if same.hasTags { (tagsWereKnown, tagsAreListed) = (true, true) }
            for number in same.numbers {
                unchanged[number] = same.kind
                // A listing that changes between its pages may give one twice; what it says last counts.
                if let id = changed.removeValue(forKey: number) {
                    (observed[id], known[id], marks[id]) = (nil, nil, nil)
                }
            }
        }
        let changed = Dictionary(difference.changed.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        for listed in page.components {
            let before = changed[listed.id]
            guard before != nil || difference.new.contains(listed.id) else { continue }
            let component = try listed.read()
            // What is listed as gone is as good as not listed: a reading by id has to say it.
            guard !component.status.isGone else { continue }
            observed[listed.id] = component
            marks[listed.id] = listed.mark
            anythingIsListed = true
            if !component.tags.isEmpty { tagsAreListed = true }
            if let before { note(before) }
            if before?.hasTags == true { tagsWereKnown = true }
        }
    }

    /// What a reading by id found, though the listing left it out or said nothing new of it.
    mutating func add(_ component: ObservedComponent, known before: KnownComponent) {
        observed[component.id] = component
        note(before)
    }

    private mutating func note(_ before: KnownComponent) {
        known[before.id] = before
        changed[before.number] = before.id
        unchanged[before.number] = nil
    }

    /// Of everything that was known and is listed.
    var numbers: Set<Int64> { Set(unchanged.keys).union(changed.keys) }

    func isUnchanged(_ number: Int64) -> Bool { unchanged[number] != nil }

    var unchangedCounts: [ComponentClass: Int] {
        unchanged.values.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }

    /// R3: tags that are suddenly all empty, or a population that dropped without an explanation by id.
    ///
    /// `absent`: how many were known and not listed; `gone`: how many of these a reading by id explained.
    func suspicion(absent: Int, gone: Int) -> String? {
        let missing = absent - gone
        // Those that answered by id are among the numbers by now.
        let before = unchanged.count + changed.count
        if missing >= 5, missing * 2 > before {
            return "\(missing) of \(before) components are missing from the listing but still answer by id"
        }
        if tagsWereKnown, anythingIsListed, !tagsAreListed {
            return "all tags are suddenly empty, which lost permissions look like"
        }
        return nil
    }
}
