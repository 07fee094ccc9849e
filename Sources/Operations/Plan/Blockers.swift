import Core

/// Finds everything that reading can find against a teardown.
///
/// Any blocked member blocks the whole plan before the first call.
struct Blockers {
    let survey: Survey
    let inside: Set<ComponentID>
    /// What the plan's own steps lift.
    let lifted: LiftedBlockers

    func all() -> [Blocker] {
        var found: [Blocker] = []
        for id in inside.sorted() {
            if let failure = survey.unread[id] {
                found.append(Blocker(.unread, id, "\(Self.name(id)) could not be read: \(failure.summary)"))
            } else if let component = survey.components[id] {
                found += blockers(of: component)
            }
        }
        for (target, listing) in survey.listings.sorted(by: { $0.key < $1.key }) {
            if case .failure(let failure) = listing {
                found.append(Blocker(.unread, nil, "\(target) could not be listed: \(failure.summary)"))
            }
        }
        return found
    }

    private func blockers(of component: Survey.Component) -> [Blocker] {
        let observed = component.observed
        let name = observed.name
        var found: [Blocker] = []
        if observed.isNested || survey.nested.contains(observed.id) {
            found.append(Blocker(.nested, observed.id, "\(name) is part of another stack and is never deleted itself"))
        }
        if observed.status.isBusy {
            found.append(Blocker(.busy, observed.id, "\(name) is in \(observed.status): wait until that has ended"))
        }
        switch observed.terminationProtection {
        case true where lifted.protection(of: observed.id): break
        case true:
            found.append(
                Blocker(
                    .terminationProtection,
                    observed.id,
                    "\(name) has termination protection: if it may go, plan it with --unprotect \(name)"
                )
            )
        case nil:
            found.append(
                Blocker(.unread, observed.id, "the provider did not say whether \(name) has termination protection")
            )
        default: break
        }
        for content in component.contents where !lifted.content(of: content.resource, in: observed.id) {
            let physical = content.resource.physicalID ?? content.resource.logicalID
            let what = "\(content.resource.type) \(physical) of \(name)"
            switch content.empty {
            case .success(true): break
            case .success(false):
                found.append(
                    Blocker(
                        .notEmpty,
                        observed.id,
                        "\(what) is not empty: if its content may go, plan it with --empty \(physical)"
                    )
                )
            case .failure(let failure):
                found.append(
                    Blocker(.unread, observed.id, "\(what) could not be read (it may hold data): \(failure.summary)")
                )
            }
        }
        for export in component.exports {
            for importer in export.importers where !(importer.id.map(inside.contains) ?? false) {
                found.append(
                    Blocker(
                        .importer,
                        observed.id,
                        "\(name) exports \(export.name), which \(importer.name) outside this plan imports"
                    )
                )
            }
        }
        return found
    }

    static func name(_ id: ComponentID) -> String {
        let parts = id.text.split(separator: "/")
        return parts.count >= 2 ? String(parts[parts.count - 2]) : id.text
    }
}
