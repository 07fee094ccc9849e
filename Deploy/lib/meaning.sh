# Sourced by what tells people of a failure: what an exit status of curfew means, in one line.
# shellcheck shell=sh
meaning() {
    case $1 in
        0) echo "all done" ;;
        3) echo "something is stale" ;;
        4) echo "some targets could not be read, and nothing is concluded for them; see: curfew accounts" ;;
        5) echo "planned work failed, halted or was skipped; see: curfew plan list --all" ;;
        64) echo "the command line does not fit this version of curfew" ;;
        65) echo "a policy, a template or another file has mistakes; see: curfew policy check" ;;
        69) echo "the database or a provider could not be reached; see: curfew doctor" ;;
        70) echo "a bug in curfew; please report it" ;;
        75) echo "another run is at work" ;;
        77) echo "rights are missing, in the database or in AWS; see: curfew doctor" ;;
        78) echo "the configuration is wrong or incomplete; see: curfew doctor" ;;
        *) echo "it did not end by itself" ;;
    esac
}
