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
        let outside = Dictionary(grouping: survey.imports(of: inside).outside(inside), by: \.exporter)
        for id in inside.sorted() {
            if let failure = survey.unread[id] {
                found.append(Blocker(.unread, id, "\(Self.name(id)) could not be read: \(failure.summary)"))
            } else if let component = survey.components[id] {
                found += blockers(of: component, outside: outside[id] ?? [])
            }
        }
        for (target, listing) in survey.listings.sorted(by: { $0.key < $1.key }) {
            if case .failure(let failure) = listing {
                found.append(Blocker(.unread, nil, "\(target) could not be listed: \(failure.summary)"))
            }
        }
        return found
    }

    private func blockers(of component: Survey.Component, outside: [ImportGraph.Outside]) -> [Blocker] {
        let observed = component.observed
        let name = observed.name
        var found: [Blocker] = []
        if observed.isNested || survey.nested.contains(observed.id) {
            found.append(Blocker(.nested, observed.id, "\(name) is part of another stack and is never deleted itself"))
        }
        // With a service role CloudFormation needs no power of ours for what is inside.
        if component.nestedStacks >= Powers.most, observed.serviceRole == nil {
            found.append(
                Blocker(
                    .power,
                    observed.id,
                    "\(name) has \(component.nestedStacks) nested stacks, and one bounded session has room for "
                        + "\(Powers.most - 1) beside it: give it a service role, or delete it by hand"
                )
            )
        }
        if Self.stackSet.matches(name) {
            found.append(
                Blocker(
                    .stackSet,
                    observed.id,
                    "\(name) is an instance of a stack set: delete it there, in the set's own account"
                )
            )
        }
        if observed.status.isDeleting {
            found.append(
                Blocker(
                    .busy,
                    observed.id,
                    "\(name) is being deleted already, by somebody else: wait until that has ended, then scan"
                )
            )
        } else if observed.status.isBusy {
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
        for content in component.contents where lifted.content(of: content.resource, in: observed.id) {
            let part = component.parts.first { $0.resources.contains(content.resource) }
            guard part?.template?.resources[content.resource.logicalID] == nil else { continue }
            let what = content.resource.physicalID ?? content.resource.logicalID
            found.append(
                Blocker(
                    .unread,
                    observed.id,
                    "whether the template of \(name) keeps \(what) cannot be told, so nothing may empty it"
                )
            )
        }
        found += inspected(component)
        found += outside.map { outside in
            Blocker(
                .importer,
                observed.id,
                "\(name) exports \(outside.export), which \(outside.importer.name) outside this plan imports: "
                    + "plan both, or remove that import"
            )
        }
        return found
    }

    /// What a look behind the stack's own listing found.
    private func inspected(_ component: Survey.Component) -> [Blocker] {
        let (id, name) = (component.observed.id, component.observed.name)
        var found: [Blocker] = []
        if component.inspection.roleIsMissing, let role = component.observed.serviceRole {
            found.append(
                Blocker(
                    .serviceRole,
                    id,
                    "\(name) is deleted with the power of \(role), which does not exist any more: make that role again"
                )
            )
        }
        for part in component.parts {
            for resource in part.going where !lifted.retention(of: resource.logicalID, in: id) || part.id != id {
                guard let physical = resource.physicalID,
                    component.inspection.contents[physical]?.isDeletionProtected == true
                else { continue }
                let what = "\(resource.type) \(physical) of \(name)"
                let retain = part.id == id ? ", or leave it behind with --retain \(name)/\(resource.logicalID)" : ""
                found.append(
                    Blocker(.deletionProtection, id, "\(what) has deletion protection: switch it off\(retain)")
                )
            }
        }
        for custom in component.inspection.customResources
        where custom.isGone && !lifted.retention(of: custom.logicalID, in: id) {
            found.append(
                Blocker(
                    .customResource,
                    id,
                    "\(custom.type) \(custom.logicalID) of \(name) is answered for by the function \(custom.function), "
                        + "which is gone, so its deletion would hang and fail: deploy the function again, "
                        + "or leave it behind with --retain \(name)/\(custom.logicalID)"
                )
            )
        }
        return found
    }

    private static let stackSet = NameGlob("StackSet-*")

    static func name(_ id: ComponentID) -> String {
        let parts = id.text.split(separator: "/")
        return parts.count >= 2 ? String(parts[parts.count - 2]) : id.text
    }
}
