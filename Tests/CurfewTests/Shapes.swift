/// The members that programs may rely on: more may come, none may go or be renamed.
enum Shapes {
    static let scan = words("calls counts finished_at listed scan started_at state targets whole")
    static let scanTarget = words("account advice at counts failure gone listed outcome region")
    static let environment = words(
        """
        accounts age_seconds changed_at class components components_detail coverage created_at due_at ended_at \
        first_seen_at flagged_at held_back idle_seconds incarnation leased_because leased_until leases name owner \
        owner_conflict owner_detail owner_source partly_reaped_by policy policy_revision protected_because \
        protected_until reason regions registration released_at space state verdict verdict_changes_at verdict_class \
        warned_at
        """
    )
    static let component = words(
        """
        account age_seconds changed_at class created_at first_seen_at gone_at gone_because id name named naming region \
        resources service_role status tags tool updated_at
        """
    )
    static let registration = words("branch commit expires_at owner registered_at registered_by repository")
    static let registered = words("incarnation name owner owner_source registration space")
    static let evaluation = words("changes frozen reports revision scan verdicts")
    static let judgement = words(
        "at changes_at changes_to hint incarnation name policy policy_revision reason reports space trace verdict "
            + "verdict_class"
    )
    static let planning = words("deferred plans run")
    static let plan = words(
        """
        approval_terms approvals approved_at blocked blockers digest ended_at ended_because environments exceptions expires_at \
        losses made_at made_by plan policy_revision providers run state steps warning_none
        """
    )
    static let step = words(
        "account after component ended_at environment name number reason region requested_at state token whose_power"
    )
    static let reaping = words("deleting plans stopped troubled waiting")
    static let report = words(
        """
        alarms ambiguous blocked due environments failed forecast_errors kept last_complete leftovers missing_nights \
        partly_reaped planned reaped seal since stale targets targets_not_read undecided undelivered unmatched unowned \
        week weeks
        """
    )
    static let history = words("actor at details event id incarnation name plan space")

    private static func words(_ text: String) -> Set<String> { Set(text.split(separator: " ").map(String.init)) }
}
