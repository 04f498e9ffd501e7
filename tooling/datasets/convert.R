# Writes the tables of @mtl/datasets from the data frames of R packages, one TypeScript module for each set.
#
#   Rscript tooling/datasets/convert.R packages/datasets/src/tables
#
# R packages, as Debian 12 carries them: r-cran-mlmrev 1.0-8, r-cran-nlme 3.1.162, r-cran-lme4 1.1-31. Rows keep the
# order of the data frame unless said. Names are spoken ones; numbers stay as they are.
suppressPackageStartupMessages({
  library(mlmRev)
  library(lme4)
  library(nlme)
})

folder <- commandArgs(TRUE)[1]
stopifnot(dir.exists(folder))

lines_of <- function(frame) {
  connection <- textConnection("written", "w", local = TRUE)
  write.table(frame, connection, sep = ",", quote = FALSE, row.names = FALSE, na = "")
  close(connection)
  written
}

# One module: its named tables as CSV text, each on one line of source.
write_module <- function(name, origin, tables) {
  source <- sprintf("// Written by tooling/datasets/convert.R from %s.", origin)
  for (table in names(tables)) {
    lines <- lines_of(tables[[table]])
    stopifnot(!grepl("['\\\\]", lines))
    text <- paste0(lines, "\\n", collapse = "")
    source <- c(source, "", sprintf("export const %s: string =", table), sprintf("  '%s'", text))
    cat(sprintf("%-24s rows %5d columns %d bytes %d\n", table, nrow(tables[[table]]), ncol(tables[[table]]), nchar(text)))
  }
  connection <- file(file.path(folder, paste0(name, ".ts")), "wb")
  writeLines(source, connection, sep = "\n")
  close(connection)
}

yes <- function(x, level) as.integer(x == level)

# High School and Beyond: pupils, and their schools in the order of the pupils.
hsb <- mlmRev::Hsb82
pupils <- data.frame(
  school = as.character(hsb$school), mathach = hsb$mAch, ses = hsb$ses,
  minority = yes(hsb$minrty, "Yes"), sex = yes(hsb$sx, "Female")
)
schools <- nlme::MathAchSchool
schools <- schools[match(unique(pupils$school), schools$School), ]
schools <- data.frame(
  school = as.character(schools$School), sector = yes(schools$Sector, "Catholic"), size = schools$Size,
  mean_ses = schools$MEANSES, academic_share = schools$PRACAD, disciplinary_climate = schools$DISCLIM,
  high_minority = yes(schools$HIMINTY, "1")
)
stopifnot(nrow(pupils) == 7185, nrow(schools) == 160, !anyNA(pupils), !anyNA(schools))
write_module("high-school-and-beyond", "Hsb82 of mlmRev 1.0-8 and MathAchSchool of nlme 3.1-162", list(
  highSchoolPupils = pupils, highSchools = schools
))

# Verbal aggression: 24 items alike for all persons, and a person's 24 answers, in the order of the items.
answers <- lme4::VerbAgg
answers <- answers[order(as.integer(answers$id), as.integer(answers$item)), ]
items <- answers[answers$id == answers$id[1], ]
situation <- as.integer(substr(as.character(items$item), 2, 2))
items <- data.frame(
  train = yes(situation, 2), store = yes(situation, 3), operator = yes(situation, 4),
  scold = yes(items$btype, "scold"), shout = yes(items$btype, "shout"), do = yes(items$mode, "do")
)
persons <- answers[!duplicated(answers$id), ]
persons <- data.frame(
  person = as.character(persons$id), anger = persons$Anger, male = yes(persons$Gender, "M"),
  answers = tapply(yes(answers$r2, "Y"), answers$id, paste, collapse = "")[as.character(persons$id)]
)
stopifnot(nrow(items) == 24, nrow(persons) == 316, nchar(persons$answers) == 24)
write_module("verbal-aggression", "VerbAgg of lme4 1.1-31", list(aggressionItems = items, aggressionPersons = persons))

# Sleep deprivation: reaction time in ms.
sleep <- lme4::sleepstudy
sleep <- data.frame(person = as.character(sleep$Subject), reaction = sprintf("%.4f", sleep$Reaction), days = sleep$Days)
stopifnot(nrow(sleep) == 180, length(unique(sleep$person)) == 18)
write_module("sleep-study", "sleepstudy of lme4 1.1-31", list(sleepReactions = sleep))

# Two marks for each pupil, some missing.
marks <- mlmRev::Gcsemv
marks <- data.frame(
  school = as.character(marks$school), written = marks$written, course = marks$course, sex = yes(marks$gender, "F")
)
stopifnot(nrow(marks) == 1905, sum(is.na(marks$written)) == 202, sum(is.na(marks$course)) == 180)
write_module("examination-marks", "Gcsemv of mlmRev 1.0-8", list(examinationMarks = marks))
