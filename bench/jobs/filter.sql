-- Job B: filter and project.
CREATE TABLE dear (ticker STRING, price DOUBLE)
WITH ('connector' = 'filesystem', 'path' = '{output}', 'format' = 'csv');

INSERT INTO dear SELECT ticker, price * 1.1 FROM ticks WHERE price > 50;
