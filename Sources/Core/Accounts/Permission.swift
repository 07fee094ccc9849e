/// What a person can ask for, as far as rights go.
package enum Act: String, Sendable, CaseIterable {
    case read
    case extend
    case claim
    case release
    case protect
    case protectLong
    case unprotect
    case plan
    case approve
    case reject
    case withdraw
    case reap
    case restore
    case applyPolicy
    case setAccountMode
    case pause
    case register
}

/// What a person is to one environment, or to none.
package struct Standing: Sendable, Hashable {
    /// Member of the operator role of the database.
    package var isOperator: Bool
    /// Member of the scanner role.
    package var isScanner: Bool
    /// Member of the reaper role.
    package var isReaper: Bool
    /// Member of the registrar role.
    package var isRegistrar: Bool
    /// One of the person's names is the environment's owner.
    package var isOwner: Bool
    /// Nobody is known to own the environment.
    package var isUnowned: Bool
    /// The person set the environment's protection.
    package var isHolder: Bool
    /// The plan's terms name the person, a group of theirs, or the owner that they are.
    package var isApprover: Bool
    /// The person asked for the plan.
    package var isRequester: Bool

    package init(
        isOperator: Bool,
        isScanner: Bool = false,
        isReaper: Bool = false,
        isRegistrar: Bool = false,
        isOwner: Bool = false,
        isUnowned: Bool = false,
        isHolder: Bool = false,
        isApprover: Bool = false,
        isRequester: Bool = false
    ) {
        self.isOperator = isOperator
        self.isScanner = isScanner
        self.isReaper = isReaper
        self.isRegistrar = isRegistrar
        self.isOwner = isOwner
        self.isUnowned = isUnowned
        self.isHolder = isHolder
        self.isApprover = isApprover
        self.isRequester = isRequester
    }
}

/// The one place that says who may do what; the rows are tested as a table.
package enum Permission {
    package static func allows(_ act: Act, _ standing: Standing) -> Bool {
        switch act {
        case .read: true
        case .extend, .release, .protect: standing.isOperator || standing.isOwner
        // Who set a protection may end it; somebody else's takes an operator.
        case .unprotect: standing.isOperator || standing.isHolder
        // Anybody may take on what nobody owns; a claim on somebody else's takes an operator.
        case .claim: standing.isOperator || standing.isOwner || standing.isUnowned
        case .approve, .reject: standing.isApprover
        case .withdraw: standing.isOperator || standing.isRequester
        // The nightly jobs have logins of their own, which need not be an operator's.
        case .plan: standing.isOperator || standing.isScanner
        case .reap: standing.isOperator || standing.isReaper
        case .register: standing.isOperator || standing.isRegistrar
        case .protectLong, .restore, .applyPolicy, .setAccountMode, .pause: standing.isOperator
        }
    }
}
